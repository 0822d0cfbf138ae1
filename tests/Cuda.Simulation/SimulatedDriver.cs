using System.Runtime.InteropServices;
using System.Text;
using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda.Simulation;

/// <summary>
/// A driver in memory. It notes every call, fails where it is told to, keeps account of what was given out and given back, and does the work of streams
/// only when somebody waits for it, so that a missing wait shows. What is wrong in the use of handles and contexts is among the <see cref="Complaints"/>.
/// </summary>
internal sealed unsafe partial class SimulatedDriver : ICudaDriver, IDisposable
{
    private const nint ContextHandle = 0x1000;

    private readonly SimulatedDriverOptions _options;
    private readonly IDeviceEngine _engine;
    private readonly Dictionary<nint, object> _objects = [];
    private readonly List<string> _calls = new(1 << 16);
    private readonly List<string> _complaints = [];
    private readonly Dictionary<string, (CUresult Result, int Remaining)> _failures = [];
    private readonly Dictionary<CUresult, nint> _texts = [];
    private readonly ThreadLocal<nint> _current = new();
    private nint _lastHandle = 0x10000;
    private int _contextReferences;
    private CUresult _sticky;

    public SimulatedDriver(IDeviceEngine engine, SimulatedDriverOptions? options = null)
    {
        _engine = engine;
        _options = options ?? new SimulatedDriverOptions();
    }

    /// <summary>The names of all calls, in order.</summary>
    public IReadOnlyList<string> Calls => _calls;

    /// <summary>What the library did that it may not do.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>What the device failed with; null while it works.</summary>
    public Exception? DeviceFailure { get; private set; }

    /// <summary>What every kernel fails with from now on; null where kernels are executed.</summary>
    public Exception? FailLaunches { get; set; }

    /// <summary>How many objects, allocations and references to the context have not been given back.</summary>
    public int Outstanding => _objects.Values.Count(value => value is not SimulatedFunction) + _deviceMemory.Count + _hostMemory.Count + _contextReferences;

    /// <summary>Lets a call fail: the next one, or one after so many more.</summary>
    public void Fail(string call, CUresult result, int after = 0) => _failures[call] = (result, after);

    public void ClearCalls() => _calls.Clear();

    public void Dispose()
    {
        foreach (nint text in _texts.Values) NativeMemory.Free((void*)text);
        foreach (nint address in _hostMemory.Keys) NativeMemory.AlignedFree((void*)address);
        _texts.Clear();
        _hostMemory.Clear();
        _engine.Dispose();
        _current.Dispose();
    }

    public bool Has(string entryPoint) => !_options.MissingEntryPoints.Contains(entryPoint);

    public CUresult cuInit(uint flags) => Enter(nameof(cuInit));

    public CUresult cuDriverGetVersion(int* version)
    {
        *version = _options.Version;
        return Enter(nameof(cuDriverGetVersion));
    }

    public CUresult cuGetErrorName(CUresult error, byte** name)
    {
        *name = null;
        return Enum.IsDefined(error) ? Text(error, error.ToString(), out *name) : CUresult.CUDA_ERROR_INVALID_VALUE;
    }

    public CUresult cuGetErrorString(CUresult error, byte** description)
    {
        *description = null;
        string? failure = error == _sticky ? DeviceFailure?.Message : null;
        return Enum.IsDefined(error)
            ? Text((CUresult)(-1 - (int)error), failure ?? $"simulated failure {(int)error}", out *description)
            : CUresult.CUDA_ERROR_INVALID_VALUE;
    }

    public CUresult cuDeviceGetCount(int* count)
    {
        *count = _options.DeviceCount;
        return Enter(nameof(cuDeviceGetCount));
    }

    public CUresult cuDeviceGet(int* device, int ordinal)
    {
        *device = ordinal;
        return Enter(nameof(cuDeviceGet));
    }

    public CUresult cuDeviceGetName(byte* name, int length, int device)
    {
        Write(name, length, _options.DeviceName);
        return Enter(nameof(cuDeviceGetName));
    }

    public CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, int device)
    {
        *value = attribute switch
        {
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK => 1024,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK => 48 * 1024,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT => 108,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR => 8,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR => 0,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR => 164 * 1024,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN => 163 * 1024,
            _ => throw new ArgumentOutOfRangeException(nameof(attribute), attribute, null),
        };
        return Enter(nameof(cuDeviceGetAttribute));
    }

    public CUresult cuDeviceTotalMem_v2(nuint* bytes, int device)
    {
        *bytes = (nuint)_options.MemoryBytes;
        return Enter(nameof(cuDeviceTotalMem_v2));
    }

    public CUresult cuDevicePrimaryCtxRetain(nint* context, int device)
    {
        CUresult result = Enter(nameof(cuDevicePrimaryCtxRetain));
        if (result != CUresult.CUDA_SUCCESS) return result;
        _contextReferences++;
        *context = ContextHandle;
        return result;
    }

    public CUresult cuDevicePrimaryCtxRelease_v2(int device)
    {
        CUresult result = Enter(nameof(cuDevicePrimaryCtxRelease_v2));
        if (_contextReferences == 0) return Complain(CUresult.CUDA_ERROR_INVALID_CONTEXT, "the primary context is released more often than retained");
        if (--_contextReferences == 0 && Outstanding > 0) Complain(result, $"the primary context goes with {Outstanding} objects in it");
        return result;
    }

    public CUresult cuCtxSetCurrent(nint context)
    {
        CUresult result = Enter(nameof(cuCtxSetCurrent));
        if (result != CUresult.CUDA_SUCCESS) return result;
        if (context != 0 && (context != ContextHandle || _contextReferences == 0))
            return Complain(CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED, "a dead context is made current");
        _current.Value = context;
        return result;
    }

    /// <summary>Notes a call and says whether it is to fail.</summary>
    private CUresult Enter(string call)
    {
        _calls.Add(call);
        if (_failures.Count == 0 || !_failures.TryGetValue(call, out (CUresult Result, int Remaining) failure)) return CUresult.CUDA_SUCCESS;
        if (failure.Remaining > 0)
        {
            _failures[call] = failure with { Remaining = failure.Remaining - 1 };
            return CUresult.CUDA_SUCCESS;
        }

        _failures.Remove(call);
        return failure.Result;
    }

    /// <summary>As <see cref="Enter"/>, for a call that needs a current context that works.</summary>
    private CUresult EnterContext(string call)
    {
        CUresult result = Enter(call);
        if (_current.Value != ContextHandle || _contextReferences == 0) return Complain(CUresult.CUDA_ERROR_INVALID_CONTEXT, $"{call} without a current context");
        return result != CUresult.CUDA_SUCCESS ? result : _sticky;
    }

    private CUresult Complain(CUresult result, string complaint)
    {
        _complaints.Add(complaint);
        return result;
    }

    private nint Add(object value)
    {
        _lastHandle += 0x10;
        _objects.Add(_lastHandle, value);
        return _lastHandle;
    }

    /// <summary>The object of a handle; a handle that is not one is the library's fault.</summary>
    private bool Find<T>(string call, nint handle, out T value)
        where T : class
    {
        value = (_objects.GetValueOrDefault(handle) as T)!;
        if (value is null) _complaints.Add($"{call} with a handle that is no {typeof(T).Name}, or no longer");
        return value is not null;
    }

    /// <summary>Takes a handle back. It is gone even where the call is told to fail: such a failure is that of earlier work.</summary>
    private CUresult Remove<T>(string call, nint handle)
        where T : class
    {
        CUresult result = EnterContext(call);
        if (!Find(call, handle, out T _)) return CUresult.CUDA_ERROR_INVALID_HANDLE;
        _objects.Remove(handle);
        return result;
    }

    private CUresult Text(CUresult key, string value, out byte* text)
    {
        if (_texts.Remove(key, out nint before)) NativeMemory.Free((void*)before);
        int length = Encoding.UTF8.GetByteCount(value) + 1;
        text = (byte*)NativeMemory.Alloc((nuint)length);
        Write(text, length, value);
        _texts[key] = (nint)text;
        return CUresult.CUDA_SUCCESS;
    }

    private static void Write(byte* destination, int length, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        int count = Math.Min(bytes.Length, length - 1);
        bytes.AsSpan(0, count).CopyTo(new Span<byte>(destination, count));
        destination[count] = 0;
    }
}
