"""Times the learners beside scikit-learn, faiss and MiniSom; see run.sh.

Every run is a process of its own, with as many threads as it is to have; data are made here and given to all as .npy files. CPU
time is of the learning alone; with one thread it is what to compare on a machine that others use too. "value" is what learning was for:
mean squared distance (k-means, product and residual quantization), share of variance (PCA), clusters (DBSCAN, with the share of equal labels), mean
distance (SOM), mean log-likelihood (GMM).
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "learners"


def blobs(n, d, k, seed=0, scale=0.7):
    import numpy

    r = numpy.random.default_rng(seed)
    centres = (scale * r.standard_normal((k, d))).astype("f4")
    return centres[r.integers(0, k, n)] + r.standard_normal((n, d), dtype="f4")


def low_rank(n, d, rank=100):
    import numpy

    r = numpy.random.default_rng(0)
    basis = r.standard_normal((rank, d)) * 0.95 ** numpy.arange(rank)[:, None]
    return (r.standard_normal((n, rank), dtype="f4") @ basis.astype("f4") + 0.3 * r.standard_normal((n, d), dtype="f4"))


def islands(n, d, width):
    import numpy

    r = numpy.random.default_rng(0)
    half = 10 if d < 8 else 6
    # Density stays what it is as n grows, so that neighbourhoods do.
    grow = (n / {2: 1e5, 3: 1e5, 8: 2e4}[d]) ** (1 / d)
    centres = r.uniform(-half, half, (20, d))
    return (grow * (centres[r.integers(0, 20, n)] + width * r.standard_normal((n, d)))).astype("f4")


# Name: what makes the data; sizes, of which the last is the one in the table; arguments of ours; peers.
TASKS = {
    "kmeans": (lambda n: blobs(n, 64, 256), (10_000, 30_000, 100_000, 300_000, 1_000_000), ("kmeans", 256, 10),
               ("sklearn", "faiss")),
    "seeds": (lambda n: blobs(n, 64, 256), (10_000, 100_000, 1_000_000), ("seeds", 256), ("sklearn",)),
    "minibatch": (lambda n: blobs(n, 64, 256), (10_000, 100_000, 1_000_000), ("minibatch", 256), ("sklearn",)),
    "pca": (lambda n: low_rank(n, 784), (3_000, 15_000, 60_000), ("pca", 64), ("sklearn", "faiss")),
    "dbscan2": (lambda n: islands(n, 2, 1), (10_000, 30_000, 100_000, 1_000_000), ("dbscan", 0.16, 10), ("sklearn",)),
    "dbscan3": (lambda n: islands(n, 3, 1), (10_000, 30_000, 100_000), ("dbscan", 0.5, 10), ("sklearn",)),
    "dbscan8": (lambda n: islands(n, 8, 1.6), (2_000, 6_000, 20_000), ("dbscan", 2.4, 10), ("sklearn",)),
    "som online": (lambda n: blobs(n, 64, 30, scale=2), (2_000, 20_000), ("som", 20, 1, 1), ("minisom",)),
    "som batch": (lambda n: blobs(n, 64, 30, scale=2), (2_000, 20_000), ("som", 20, 1, 0), ("minisom",)),
    "som batch 10": (lambda n: blobs(n, 64, 30, scale=2), (2_000, 20_000), ("som", 20, 10, 0), ("minisom",)),
    "gmm": (lambda n: blobs(n, 16, 16, scale=1.5), (10_000, 100_000), ("gmm", 16, 20), ("sklearn",)),
    "product": (lambda n: low_rank(n, 64), (16_384, 65_536), ("product", 8, 256, 25), ("faiss",)),
    "residual": (lambda n: low_rank(n, 64), (16_384,), ("residual", 4, 256, 25, 8), ("faiss",)),
}
TABLE = {"dbscan2": 100_000}


def peer(name, task, path, threads, repeats):
    """What a process of a peer does; prints what ours prints."""
    import numpy

    x = numpy.load(path)
    kind, *arguments = TASKS[task][2]
    best = {"cpu": 1e30, "wall": 1e30}
    result = None

    def timed(work):
        nonlocal result
        for _ in range(repeats):
            cpu, wall = time.process_time(), time.perf_counter()
            result = work()
            best["cpu"] = min(best["cpu"], time.process_time() - cpu)
            best["wall"] = min(best["wall"], time.perf_counter() - wall)
        return result

    def mean_square(centres):
        from sklearn.metrics import pairwise_distances_argmin_min

        return float((pairwise_distances_argmin_min(x, centres)[1].astype("f8") ** 2).mean())

    if name == "faiss":
        import faiss

        faiss.omp_set_num_threads(threads)
        if kind == "kmeans":
            k, iterations = arguments

            def work():
                c = faiss.Kmeans(x.shape[1], k, niter=iterations, max_points_per_centroid=10**9, min_points_per_centroid=1)
                c.train(x, init_centroids=x[:k].copy())
                return c.centroids

            value = mean_square(timed(work))
        elif kind == "pca":

            def work():
                m = faiss.PCAMatrix(x.shape[1], arguments[0])
                m.max_points_per_d = 10**9
                m.train(x)
                return faiss.vector_to_array(m.eigenvalues)

            e = timed(work)
            value = float(e[: arguments[0]].sum() / e.sum())
        elif kind == "residual":

            def work():
                q = faiss.ResidualQuantizer(x.shape[1], arguments[0], 8)
                # A plain k-means a stage as ours, though the paths to it are those of a beam in training, too.
                q.train_type, q.max_beam_size = faiss.ResidualQuantizer.Train_default, arguments[3]
                q.cp.niter, q.cp.max_points_per_centroid = arguments[2], 10**9
                q.train(x)
                return q

            q = timed(work)
            value = float(((q.decode(q.compute_codes(x)) - x).astype("f8") ** 2).sum(1).mean())
        else:

            def work():
                q = faiss.ProductQuantizer(x.shape[1], arguments[0], 8)
                q.cp.niter, q.cp.max_points_per_centroid = arguments[2], 10**9
                q.train(x)
                return q

            q = timed(work)
            value = float(((q.decode(q.compute_codes(x)) - x).astype("f8") ** 2).sum(1).mean())
    elif name == "minisom":
        from minisom import MiniSom

        # Its start takes longer than its learning, so that is left out.
        s = MiniSom(arguments[0], arguments[0], x.shape[1], random_seed=1)
        s.random_weights_init(x)
        start = s._weights.copy()

        def work():
            s._weights = start.copy()
            s.train(x, len(x), random_order=True)
            return s

        value = timed(work).quantization_error(x)
    else:
        from sklearn import cluster, decomposition, mixture

        if kind == "kmeans":
            m = timed(lambda: cluster.KMeans(arguments[0], init=x[: arguments[0]], n_init=1, max_iter=arguments[1], tol=0,
                                             algorithm="lloyd").fit(x))
            value = m.inertia_ / len(x)
        elif kind == "seeds":
            value = mean_square(timed(lambda: cluster.kmeans_plusplus(x, arguments[0], random_state=0)[0]))
        elif kind == "minibatch":
            value = timed(lambda: cluster.MiniBatchKMeans(arguments[0], random_state=0).fit(x)).inertia_ / len(x)
        elif kind == "pca":
            m = timed(lambda: decomposition.PCA(arguments[0], svd_solver="covariance_eigh").fit(x))
            value = float(m.explained_variance_ratio_.sum())
        elif kind == "dbscan":
            m = timed(lambda: cluster.DBSCAN(eps=arguments[0], min_samples=arguments[1], n_jobs=threads).fit(x))
            value = int(m.labels_.max() + 1)
            m.labels_.astype("i4").tofile(path + ".peer-labels")
        else:
            m = timed(lambda: mixture.GaussianMixture(arguments[0], max_iter=arguments[1], tol=0, random_state=0).fit(x))
            value = float(m.score(x))
    print(json.dumps({**best, "value": value}))


def run(who, task, path, threads, repeats):
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[name] = str(threads)
    if who == "triptych":
        kind, *arguments = TASKS[task][2]
        command = [BUILD / "learners", kind, path, threads, repeats, *arguments]
    else:
        command = [sys.executable, __file__, "--peer", who, "--tasks", task, "--file", path, "--threads", threads,
                   "--repeats", repeats]
    environments = [environment]
    if who == "faiss":
        # Its BLAS takes processors that are newer than itself for very old ones; let it be told, and count the better run.
        environments.append({**environment, "OPENBLAS_CORETYPE": "SkylakeX"})
        environments.append({**environment, "OPENBLAS_CORETYPE": "Haswell"})
    results = []
    for e in environments:
        done = subprocess.run([str(c) for c in command], env=e, capture_output=True, text=True)
        if done.returncode == 0:
            results.append(json.loads(done.stdout.splitlines()[-1]))
        elif who != "faiss" or not results:
            print(done.stderr, file=sys.stderr)
    return min(results, key=lambda r: r["cpu"]) if results else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--most", type=int, default=10**9, help="leave larger data out")
    parser.add_argument("--no-curves", action="store_true", help="the table alone")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        peer(options.peer, options.tasks, options.file, int(options.threads), options.repeats)
        return
    import numpy

    BUILD.mkdir(parents=True, exist_ok=True)
    threads = [int(t) for t in options.threads.split(",")]
    print(f"{'task':<13}{'n':>9}{'threads':>8} {'who':<9}{'CPU s':>9}{'wall s':>9}{'value':>11}  CPU and wall time over ours")
    curves = {}
    for task in options.tasks.split(","):
        make, sizes, _, peers = TASKS[task]
        sizes = [n for n in sizes if n <= options.most] or sizes[:1]
        table = min(TABLE.get(task, sizes[-1]), sizes[-1])
        for n in sizes:
            if options.no_curves and n != table:
                continue
            path = str(BUILD / "data.npy")
            numpy.save(path, numpy.ascontiguousarray(make(n), dtype="f4"))
            for t in threads if n == table else threads[:1]:
                ours = None
                for who in ("triptych", *peers):
                    r = run(who, task, path, t, options.repeats if n == table else 1)
                    if r is None:
                        continue
                    ours = ours or r
                    if t == threads[0]:
                        curves.setdefault(task, {}).setdefault(who, []).append((n, r["cpu"]))
                    if n != table:
                        continue
                    note = "" if who == "triptych" else f"{r['cpu'] / ours['cpu']:8.2f}{r['wall'] / ours['wall']:8.2f}"
                    if task.startswith("dbscan") and who == "sklearn":
                        same = numpy.fromfile(path + ".labels", "i4") == numpy.fromfile(path + ".peer-labels", "i4")
                        note += f"  equal labels {same.mean():.6f}"
                    print(f"{task:<13}{n:>9}{t:>8} {who:<9}{r['cpu']:>9.4f}{r['wall']:>9.4f}{r['value']:>11.5g}  {note}", flush=True)
    if not options.no_curves:
        plot(curves)


def plot(curves):
    import matplotlib
    import numpy

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import matplotlib.ticker

    columns = 4
    rows = -(-len(curves) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(4 * columns, 3.4 * rows), squeeze=False)
    colours = {"triptych": "#c0392b", "sklearn": "#2980b9", "faiss": "#27ae60", "minisom": "#8e44ad"}
    for ax in axes.flat[len(curves):]:
        ax.axis("off")
    for ax, (task, lines) in zip(axes.flat, curves.items()):
        for who, line in lines.items():
            n, cpu = numpy.array(line, dtype=float).T
            slope = numpy.polyfit(numpy.log(n), numpy.log(cpu), 1)[0] if len(n) > 1 else float("nan")
            ax.loglog(n, cpu, "o-", color=colours[who], label=f"{who}, n^{slope:.2f}")
            ax.set_xticks(n, [f"{int(v):,}" for v in n], fontsize=8)
        ax.xaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
        ax.set_title(task), ax.set_xlabel("vectors"), ax.set_ylabel("CPU time, s"), ax.legend(fontsize=8), ax.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(BUILD / "learners.png", dpi=80)
    print(f"plot: {BUILD / 'learners.png'}")


if __name__ == "__main__":
    main()
