"""Training steps of a GPT in PyTorch eager mode. Started by `compare`; speaks lines on stdin and stdout.

Arguments: weights (safetensors, this project's names), heads, layers, batch, sequence, vocabulary, learning rate, second beta, weight decay,
norm to clip at (0: none), clock ("wall" or "cpu"). Prints a line about itself, then answers each "step" with "<milliseconds> <loss>".
"""
import json, math, os, struct, sys, time
import torch
from torch.nn import functional as F

path = sys.argv[1]
heads, layers, batch, sequence, vocabulary = map(int, sys.argv[2:7])
rate, beta, decay, clip = map(float, sys.argv[7:11])
clock = time.process_time if sys.argv[11] == "cpu" else time.perf_counter
torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

def blas():
    torch.randn(64, 64) @ torch.randn(64, 64)
    loaded = {line.split()[-1] for line in open("/proc/self/maps") if "blas" in line.lower() or "mkl" in line.lower()}
    for kind in ("openblas", "mkl", "blis"):
        for library in sorted(loaded):
            if kind in library.lower() and "/lib" + kind in library.lower():
                return library.rsplit("/", 1)[-1]
    sys.exit("refused: PyTorch runs on a BLAS that is neither OpenBLAS, MKL nor BLIS (" + ", ".join(sorted(loaded)) + ")")

def load(path):
    """Reads each tensor into its own memory, so that the file never adds to the peak."""
    tensors = {}
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        entries = json.loads(file.read(length))
        for name, entry in entries.items():
            if name == "__metadata__": continue
            tensors[name] = torch.empty(entry["shape"])
            file.seek(8 + length + entry["data_offsets"][0])
            file.readinto(memoryview(tensors[name].numpy()).cast("B"))
            tensors[name].requires_grad_()
    return tensors

w = load(path)
width = w["embedding.tokens.weight"].shape[1]
mask = torch.tril(torch.ones(sequence, sequence, dtype=torch.bool)).view(1, 1, sequence, sequence)
# One product for query, key and value, as PyTorch users write it.
fused = {}
for layer in range(layers):
    p = f"layers.{layer}.attention."
    for kind in ("weight", "bias"):
        joined = torch.cat([w.pop(p + part + "." + kind).detach() for part in ("query", "key", "value")]).requires_grad_()
        fused[p + "qkv." + kind] = joined
w.update(fused)

def forward(tokens, targets):
    x = F.embedding(tokens, w["embedding.tokens.weight"]) + w["embedding.positions.weight"][:sequence]
    for layer in range(layers):
        p = f"layers.{layer}."
        h = F.layer_norm(x, (width,), w[p + "attention.norm.weight"], w[p + "attention.norm.bias"])
        q, k, v = F.linear(h, w[p + "attention.qkv.weight"], w[p + "attention.qkv.bias"]).split(width, dim=2)
        q, k, v = (t.view(batch, sequence, heads, width // heads).transpose(1, 2) for t in (q, k, v))
        scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(width // heads))
        attention = F.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
        context = (attention @ v).transpose(1, 2).contiguous().view(batch, sequence, width)
        x = x + F.linear(context, w[p + "attention.output.weight"], w[p + "attention.output.bias"])
        h = F.layer_norm(x, (width,), w[p + "feed_forward.norm.weight"], w[p + "feed_forward.norm.bias"])
        h = F.gelu(F.linear(h, w[p + "feed_forward.up.weight"], w[p + "feed_forward.up.bias"]), approximate="tanh")
        x = x + F.linear(h, w[p + "feed_forward.down.weight"], w[p + "feed_forward.down.bias"])
    x = F.layer_norm(x, (width,), w["final_norm.weight"], w["final_norm.bias"])
    logits = F.linear(x, w["embedding.tokens.weight"])
    return F.cross_entropy(logits.view(-1, vocabulary), targets.view(-1))

text = (torch.arange(batch * sequence + 1) * 7919 + 11) % vocabulary
tokens = text[:-1].view(batch, sequence)
targets = text[1:].view(batch, sequence)
parameters = list(w.values())
optimizer = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, beta), weight_decay=decay)

def step():
    start = clock()
    loss = forward(tokens, targets)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    if clip > 0: torch.nn.utils.clip_grad_norm_(parameters, clip)
    optimizer.step()
    return (clock() - start) * 1000, loss.item()

allocator = os.environ.get("ALLOCATOR", "as installed")
print(f"PyTorch {torch.__version__}, {blas()}, {torch.get_num_threads()} threads, allocator {allocator}", flush=True)
for line in sys.stdin:
    print("%.4f %.6f" % step(), flush=True)
