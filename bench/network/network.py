"""network.py PROGRAM FOLDER [THREADS REPEATS]: training steps of triptych beside PyTorch's on the same networks, and triptych's networks in integers."""
import pathlib
import subprocess
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples" / "networks"))
from triptych_network import load  # noqa: E402

program, folder = sys.argv[1:3]
threads, repeats = [int(a) for a in sys.argv[3:] + ["1", "10"][len(sys.argv) - 3:]]
torch.set_num_threads(threads)


def step_ms(path, batch):
    network = load(path)
    h, w, c = network.extents
    x = torch.rand(batch, c, h, w)
    target = torch.rand_like(network(x).detach())
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-4)
    best = 1e9
    for _ in range(repeats):
        start = time.perf_counter()
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(network(x), target).backward()
        optimiser.step()
        best = min(best, time.perf_counter() - start)
    return 1e3 * best


print(f"PyTorch {torch.__version__}, {threads} threads; the best of {repeats} steps\n")
print("| network | batch | triptych, ms | PyTorch, ms | times as fast | integers, GMAC/s |\n|---|---|---|---|---|---|")
ours = subprocess.Popen([program, folder, str(threads), str(repeats)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
for line in ours.stdout:
    name, batch, _, ms, gmac = line.split()
    theirs = step_ms(f"{folder}/{name}.safetensors", int(batch))
    print(f"| {name} | {batch} | {float(ms):.2f} | {theirs:.2f} | {theirs / float(ms):.2f} | {gmac} |", flush=True)
    ours.stdin.write("\n")
sys.exit(ours.wait())
