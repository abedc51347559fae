"""dense_autoencoder.py IMAGES.npy [HIDDEN EPOCHS BATCH THREADS SEED]: dense_autoencoder.cpp in PyTorch, for comparison."""
import sys
import time

import numpy as np
import torch

path, rest = sys.argv[1], [int(a) for a in sys.argv[2:]]
hidden, epochs, batch, threads, seed = rest + [128, 5, 128, 2, 1][len(rest):]
torch.set_num_threads(threads)
x = np.load(path)
x = torch.from_numpy(x.reshape(len(x), -1).astype(np.float32) / (255 if x.max() > 64 else 16))
learned = len(x) * 4 // 5
x, unseen = x[:learned], x[learned:]

for name in "squared error", "cross-entropy":
    torch.manual_seed(seed)
    d = x.shape[1]
    logits = torch.nn.Sequential(torch.nn.Linear(d, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, d))
    whole = torch.nn.Sequential(logits, torch.nn.Sigmoid())
    net, loss = (whole, torch.nn.MSELoss()) if name == "squared error" else (logits, torch.nn.BCEWithLogitsLoss())
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    losses, start = [], time.perf_counter()
    for _ in range(epochs):
        total = 0
        for part in torch.randperm(learned).split(batch):
            optimiser.zero_grad()
            value = loss(net(x[part]), x[part])
            value.backward()
            optimiser.step()
            total += value.item() * len(part)
        losses.append(total / learned)
    seconds = time.perf_counter() - start
    with torch.no_grad():
        back = (whole(unseen) * 255).round()
    error = (back - (unseen * 255).round()) ** 2
    mse = error.mean().item()
    print(f"{name}: {d}-{hidden}-{d}, PyTorch {torch.__version__}, trained in {seconds:.2f} s")
    print("  loss of the epochs " + " ".join(f"{l:.5f}" for l in losses))
    print(f"  MSE {mse:.2f}  PSNR {10 * np.log10(255**2 / mse):.2f} dB")
