// Kernels for the tests of the interpreter. kernels.ptx is what clang makes of them:
//   clang -x cuda -nocudainc -nocudalib --cuda-device-only --cuda-gpu-arch=sm_80 -Xclang -target-feature -Xclang +ptx70 -O2 -S kernels.cu -o kernels.ptx
#define GLOBAL extern "C" __attribute__((global)) void
#define DEVICE static __attribute__((device)) inline
#define SHARED __attribute__((shared))
#define THREAD ((int)__nvvm_read_ptx_sreg_tid_x())
#define THREADS ((int)__nvvm_read_ptx_sreg_ntid_x())
#define BLOCK ((int)__nvvm_read_ptx_sreg_ctaid_x())
#define BLOCK_Y ((int)__nvvm_read_ptx_sreg_ctaid_y())
#define BARRIER __nvvm_bar_sync(0)

DEVICE float other(float value, int distance)
{
    return __builtin_bit_cast(float, __nvvm_shfl_sync_bfly_i32(0xFFFFFFFFu, __builtin_bit_cast(int, value), distance, 31));
}

// One block to a row, any width.
GLOBAL rms_norm(const float *__restrict__ x, const float *__restrict__ weight, float *__restrict__ y, int width, float epsilon)
{
    SHARED float partial[32];
    const float *row = x + (long)BLOCK * width;
    float sum = 0;
    for (int i = THREAD; i < width; i += THREADS) sum += row[i] * row[i];
    for (int step = 16; step > 0; step /= 2) sum += other(sum, step);
    if (THREAD % 32 == 0) partial[THREAD / 32] = sum;
    BARRIER;
    float total = 0;
    for (int i = 0; i < THREADS / 32; i++) total += partial[i];
    float scale = 1.0f / __builtin_sqrtf(total / width + epsilon);
    for (int i = THREAD; i < width; i += THREADS) y[(long)BLOCK * width + i] = row[i] * scale * weight[i];
}

// Tiles of 16 x 16, 256 threads to a block, sizes that are not multiples of 16.
GLOBAL product(const float *__restrict__ a, const float *__restrict__ b, float *__restrict__ c, int rows, int inner, int columns)
{
    SHARED float left[16][17], right[16][16];
    int i = THREAD / 16, j = THREAD % 16, row = BLOCK_Y * 16 + i, column = BLOCK * 16 + j;
    float sum = 0;
    for (int first = 0; first < inner; first += 16)
    {
        left[i][j] = row < rows && first + j < inner ? a[row * inner + first + j] : 0;
        right[i][j] = first + i < inner && column < columns ? b[(first + i) * columns + column] : 0;
        BARRIER;
        for (int k = 0; k < 16; k++) sum += left[i][k] * right[k][j];
        BARRIER;
    }

    if (row < rows && column < columns) c[row * columns + column] = sum;
}

// Philox4x32-10: counter (index, 1, 2, 3), the key given.
GLOBAL philox(unsigned *__restrict__ out, unsigned key0, unsigned key1, int count)
{
    int index = BLOCK * THREADS + THREAD;
    if (index >= count) return;
    unsigned c0 = index, c1 = 1, c2 = 2, c3 = 3;
    for (int round = 0; round < 10; round++)
    {
        unsigned long first = 0xD2511F53ul * c0, second = 0xCD9E8D57ul * c2;
        unsigned n0 = (unsigned)(second >> 32) ^ c1 ^ key0, n2 = (unsigned)(first >> 32) ^ c3 ^ key1;
        c1 = (unsigned)second;
        c3 = (unsigned)first;
        c0 = n0;
        c2 = n2;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }

    out[4 * index] = c0;
    out[4 * index + 1] = c1;
    out[4 * index + 2] = c2;
    out[4 * index + 3] = c3;
}

// Counts in shared memory, then in device memory.
GLOBAL histogram(const unsigned char *__restrict__ values, int *counts, int length)
{
    SHARED int local[256];
    for (int i = THREAD; i < 256; i += THREADS) local[i] = 0;
    BARRIER;
    for (int i = BLOCK * THREADS + THREAD; i < length; i += THREADS * 4) __nvvm_atom_add_gen_i(&local[values[i]], 1);
    BARRIER;
    for (int i = THREAD; i < 256; i += THREADS)
        if (local[i] != 0) __nvvm_atom_add_gen_i(&counts[i], local[i]);
}

// Loops of different lengths with two ways out.
GLOBAL escape(short *__restrict__ out, int width, int limit)
{
    int x = THREAD, y = BLOCK;
    double re = -2.0 + 3.0 * x / width, im = -1.2 + 2.4 * y / width, a = 0, b = 0;
    int step = 0;
    for (; step < limit; step++)
    {
        double a2 = a * a, b2 = b * b;
        if (a2 + b2 > 4) break;
        if (step == 40 && a < 0) { step = -step; break; }
        b = 2 * a * b + im;
        a = a2 - b2 + re;
    }

    out[y * width + x] = (short)step;
}

// Float to signed bytes: rounded, held within limits, four to a word.
GLOBAL quantize(const float *__restrict__ x, signed char *__restrict__ q, float scale, int count)
{
    int first = 4 * (BLOCK * THREADS + THREAD);
    for (int i = first; i < first + 4 && i < count; i++)
    {
        float value = __builtin_rintf(x[i] * scale);
        int number = (int)value;
        q[i] = (signed char)(number > 127 ? 127 : number < -127 ? -127 : number);
    }
}

DEVICE unsigned pair(float low, float high)
{
    unsigned both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
}

// 16 x 16 times 16 x 8 on tensor cores: copied asynchronously, loaded as matrices, in inline assembly.
GLOBAL tensor(const float *__restrict__ a, const float *__restrict__ b, float *__restrict__ c)
{
    SHARED __attribute__((aligned(16))) float left[16][16];
    SHARED __attribute__((aligned(16))) unsigned packed[16][8];
    int lane = THREAD, g = lane / 4, t = lane % 4;
    for (int i = lane; i < 64; i += 32)
    {
        unsigned target = (unsigned)(unsigned long)(__attribute__((address_space(3))) float *)&left[i / 4][i % 4 * 4];
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(target), "l"(a + 4 * i) : "memory");
    }

    asm volatile("cp.async.commit_group;\n\tcp.async.wait_group 0;" ::: "memory");
    BARRIER;
    for (int i = lane; i < 128; i += 32) packed[i / 8][i % 8] = pair(left[i / 8][i % 8 * 2], left[i / 8][i % 8 * 2 + 1]);
    BARRIER;
    unsigned a0, a1, a2, a3, row = (unsigned)(unsigned long)(__attribute__((address_space(3))) unsigned *)&packed[lane % 16][lane / 16 * 4];
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(a0), "=r"(a1), "=r"(a2), "=r"(a3) : "r"(row) : "memory");
    unsigned b0 = pair(b[2 * t * 8 + g], b[(2 * t + 1) * 8 + g]), b1 = pair(b[(2 * t + 8) * 8 + g], b[(2 * t + 9) * 8 + g]);
    float c0 = 0, c1 = 0, c2 = 0, c3 = 0;
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c0), "+f"(c1), "+f"(c2), "+f"(c3) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
    c[g * 8 + 2 * t] = c0;
    c[g * 8 + 2 * t + 1] = c1;
    c[(g + 8) * 8 + 2 * t] = c2;
    c[(g + 8) * 8 + 2 * t + 1] = c3;
}
