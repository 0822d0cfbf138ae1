namespace Transformer.Compiled.Cuda.Tests.EndToEnd;

/// <summary>A module of small kernels, written by hand. Each leaves early beyond what the control block says.</summary>
internal static class HandWrittenKernels
{
    /// <summary>Threads of a block of all of them.</summary>
    public const int Threads = 256;

    /// <summary>The floats that <c>reverse</c> turns round, which are too many for the shared memory that a block has without asking.</summary>
    public const int ReversedFloats = 16 * 1024;

    public const string Text = """
        .version 7.0
        .target sm_80
        .address_size 64

        .extern .shared .align 16 .b8 dynamic[];

        // sum[i] = a[i] + b[i], i below the control block's rows (byte 0)
        .visible .entry add(.param .u64 a, .param .u64 b, .param .u64 sum, .param .u64 control)
        .maxntid 256, 1, 1
        {
            .reg .pred %p<1>;
            .reg .b32 %r<5>;
            .reg .f32 %f<3>;
            .reg .b64 %rd<5>;
            ld.param.u64 %rd0, [control];
            cvta.to.global.u64 %rd0, %rd0;
            ld.global.u32 %r0, [%rd0];
            mov.u32 %r1, %ctaid.x;
            mov.u32 %r2, %ntid.x;
            mov.u32 %r3, %tid.x;
            mad.lo.u32 %r4, %r1, %r2, %r3;
            setp.ge.u32 %p0, %r4, %r0;
            @%p0 bra DONE;
            mul.wide.u32 %rd1, %r4, 4;
            ld.param.u64 %rd2, [a];
            cvta.to.global.u64 %rd2, %rd2;
            add.u64 %rd2, %rd2, %rd1;
            ld.global.f32 %f0, [%rd2];
            ld.param.u64 %rd3, [b];
            cvta.to.global.u64 %rd3, %rd3;
            add.u64 %rd3, %rd3, %rd1;
            ld.global.f32 %f1, [%rd3];
            add.rn.f32 %f2, %f0, %f1;
            ld.param.u64 %rd4, [sum];
            cvta.to.global.u64 %rd4, %rd4;
            add.u64 %rd4, %rd4, %rd1;
            st.global.f32 [%rd4], %f2;
        DONE:
            ret;
        }

        // sums[block] = the sum of x[256 · block + i], i from 0 to 255, as a tree: 128 sums of i and i + 128, then 64, … 1
        .visible .entry sums(.param .u64 x, .param .u64 result)
        .maxntid 256, 1, 1
        {
            .reg .pred %p<2>;
            .reg .b32 %r<7>;
            .reg .f32 %f<3>;
            .reg .b64 %rd<4>;
            .shared .align 16 .b8 partial[1024];
            mov.u32 %r0, %tid.x;
            mov.u32 %r1, %ctaid.x;
            mad.lo.u32 %r2, %r1, 256, %r0;
            ld.param.u64 %rd0, [x];
            cvta.to.global.u64 %rd0, %rd0;
            mul.wide.u32 %rd1, %r2, 4;
            add.u64 %rd0, %rd0, %rd1;
            ld.global.f32 %f0, [%rd0];
            mov.u32 %r3, partial;
            shl.b32 %r4, %r0, 2;
            add.u32 %r3, %r3, %r4;
            st.shared.f32 [%r3], %f0;
            mov.u32 %r5, 128;
        NEXT:
            bar.sync 0;
            setp.ge.u32 %p0, %r0, %r5;
            @%p0 bra ADDED;
            shl.b32 %r6, %r5, 2;
            add.u32 %r6, %r6, %r3;
            ld.shared.f32 %f1, [%r3];
            ld.shared.f32 %f2, [%r6];
            add.rn.f32 %f1, %f1, %f2;
            st.shared.f32 [%r3], %f1;
        ADDED:
            shr.u32 %r5, %r5, 1;
            setp.ne.u32 %p1, %r5, 0;
            @%p1 bra NEXT;
            setp.ne.u32 %p0, %r0, 0;
            @%p0 bra DONE;
            ld.shared.f32 %f0, [%r3];
            ld.param.u64 %rd2, [result];
            cvta.to.global.u64 %rd2, %rd2;
            mul.wide.u32 %rd3, %r1, 4;
            add.u64 %rd2, %rd2, %rd3;
            st.global.f32 [%rd2], %f0;
        DONE:
            ret;
        }

        // y[i] = x[16383 - i] by way of 64 KB of shared memory, in one block
        .visible .entry reverse(.param .u64 x, .param .u64 y)
        .maxntid 256, 1, 1
        {
            .reg .pred %p<1>;
            .reg .b32 %r<4>;
            .reg .f32 %f<1>;
            .reg .b64 %rd<3>;
            ld.param.u64 %rd0, [x];
            cvta.to.global.u64 %rd0, %rd0;
            ld.param.u64 %rd1, [y];
            cvta.to.global.u64 %rd1, %rd1;
            mov.u32 %r0, %tid.x;
            shl.b32 %r0, %r0, 2;
            mov.u32 %r2, dynamic;
            mov.u32 %r1, %r0;
        READ:
            cvt.u64.u32 %rd2, %r1;
            add.u64 %rd2, %rd0, %rd2;
            ld.global.f32 %f0, [%rd2];
            add.u32 %r3, %r2, %r1;
            st.shared.f32 [%r3], %f0;
            add.u32 %r1, %r1, 1024;
            setp.lt.u32 %p0, %r1, 65536;
            @%p0 bra READ;
            bar.sync 0;
            mov.u32 %r1, %r0;
        WRITE:
            sub.u32 %r3, 65532, %r1;
            add.u32 %r3, %r2, %r3;
            ld.shared.f32 %f0, [%r3];
            cvt.u64.u32 %rd2, %r1;
            add.u64 %rd2, %rd1, %rd2;
            st.global.f32 [%rd2], %f0;
            add.u32 %r1, %r1, 1024;
            setp.lt.u32 %p0, %r1, 65536;
            @%p0 bra WRITE;
            ret;
        }

        // x[i] = value, i from 0 to 255, in one block
        .visible .entry set(.param .u32 value, .param .u64 x)
        .maxntid 256, 1, 1
        {
            .reg .b32 %r<2>;
            .reg .b64 %rd<2>;
            ld.param.u32 %r0, [value];
            ld.param.u64 %rd0, [x];
            cvta.to.global.u64 %rd0, %rd0;
            mov.u32 %r1, %tid.x;
            mul.wide.u32 %rd1, %r1, 4;
            add.u64 %rd0, %rd0, %rd1;
            st.global.u32 [%rd0], %r0;
            ret;
        }

        // w[i] = w[i] - rate · g[i], the rate of the control block (byte 48), i below its rows (byte 0)
        .visible .entry descend(.param .u64 w, .param .u64 g, .param .u64 control)
        .maxntid 256, 1, 1
        {
            .reg .pred %p<1>;
            .reg .b32 %r<5>;
            .reg .f32 %f<3>;
            .reg .b64 %rd<4>;
            ld.param.u64 %rd0, [control];
            cvta.to.global.u64 %rd0, %rd0;
            ld.global.u32 %r0, [%rd0];
            ld.global.f32 %f0, [%rd0+48];
            mov.u32 %r1, %ctaid.x;
            mov.u32 %r2, %ntid.x;
            mov.u32 %r3, %tid.x;
            mad.lo.u32 %r4, %r1, %r2, %r3;
            setp.ge.u32 %p0, %r4, %r0;
            @%p0 bra DONE;
            mul.wide.u32 %rd1, %r4, 4;
            ld.param.u64 %rd2, [w];
            cvta.to.global.u64 %rd2, %rd2;
            add.u64 %rd2, %rd2, %rd1;
            ld.param.u64 %rd3, [g];
            cvta.to.global.u64 %rd3, %rd3;
            add.u64 %rd3, %rd3, %rd1;
            ld.global.f32 %f1, [%rd2];
            ld.global.f32 %f2, [%rd3];
            neg.f32 %f0, %f0;
            fma.rn.f32 %f1, %f0, %f2, %f1;
            st.global.f32 [%rd2], %f1;
        DONE:
            ret;
        }
        """;

    /// <summary>As many blocks as so many elements need, and the threads of <see cref="Threads"/>.</summary>
    public static CudaLaunchShape For(int elements) => new(new CudaDimensions((elements + Threads - 1) / Threads), new CudaDimensions(Threads));
}
