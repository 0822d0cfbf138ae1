using System.Reflection;
using System.Runtime.InteropServices;
using Transformer.Compiled.Cuda.Driver;

namespace Transformer.Compiled.Cuda.Tests;

public sealed class DriverLibraryTests
{
    [Fact]
    public void WithoutALibraryTheMessageSaysWhatWasLookedForAndWhere()
    {
        string message = Assert.Throws<CudaUnavailableException>(() => DriverLibrary.Find(DriverLibrary.Linux, FindsNothing, out _)).Message;
        Assert.Contains("libcuda.so.1 where the loader looks", message, StringComparison.Ordinal);
        Assert.Contains("/usr/lib/wsl/lib/libcuda.so.1", message, StringComparison.Ordinal);
        Assert.Contains("the CUDA toolkit is not needed", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherOperatingSystemIsToldSo() =>
        Assert.Contains("Linux and Windows", Assert.Throws<CudaUnavailableException>(() => DriverLibrary.Find([], FindsNothing, out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void TheFirstPlaceThatHasTheLibraryIsTaken()
    {
        var tried = new List<string>();
        LibraryCandidate found = DriverLibrary.Find(DriverLibrary.Linux, FindsTheSecond, out nint handle);
        Assert.Equal("/usr/lib/wsl/lib/libcuda.so.1", found.Path);
        Assert.Equal(7, handle);
        Assert.Equal(["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"], tried);

        bool FindsTheSecond(string path, out nint handle)
        {
            tried.Add(path);
            handle = tried.Count == 2 ? 7 : 0;
            return handle != 0;
        }
    }

    [Fact]
    public void OnWindowsOnlyTheSystemFolderIsTrusted() =>
        Assert.Equal([@"C:\Windows\system32\nvcuda.dll"], DriverLibrary.Windows(@"C:\Windows\system32").Select(candidate => candidate.Path));

    [Fact]
    public void MissingFunctionsAreNamed()
    {
        string[] absent = ["cuGraphLaunch", "cuStreamBeginCapture_v2"];
        string message = Assert.Throws<CudaUnavailableException>(
            () => DriverLibrary.RequireEntryPoints(new LibraryCandidate("libcuda.so.1", ""), name => !absent.Contains(name))).Message;
        Assert.Contains("libcuda.so.1 lacks cuStreamBeginCapture_v2, cuGraphLaunch", message, StringComparison.Ordinal);
        Assert.Contains("CUDA 11.0", message, StringComparison.Ordinal);
        DriverLibrary.RequireEntryPoints(DriverLibrary.Linux[0], name => !EntryPoints.Optional.Contains(name));
    }

    [Fact]
    public void EveryCallIsRequiredOrOptional()
    {
        IEnumerable<string> calls = typeof(ICudaDriver).GetMethods().Select(method => method.Name).Where(name => name != nameof(ICudaDriver.Has));
        Assert.Equal(calls.Order(), EntryPoints.Required.Concat(EntryPoints.Optional).Order());
    }

    [Fact]
    public void EveryCallIsImportedByItsOwnName()
    {
        foreach (MethodInfo call in typeof(ICudaDriver).GetMethods().Where(method => method.Name != nameof(ICudaDriver.Has)))
        {
            MethodInfo import = typeof(NativeMethods).GetMethod(call.Name, BindingFlags.Static | BindingFlags.NonPublic)!;
            Assert.Equal(Types(call), Types(import));
            DllImportAttribute? attribute = import.GetCustomAttribute<DllImportAttribute>();
            Assert.Equal(DriverLibrary.ImportName, attribute?.Value);
            Assert.Equal(call.Name, attribute?.EntryPoint ?? call.Name);
        }

        static IEnumerable<Type> Types(MethodInfo method) => method.GetParameters().Select(parameter => parameter.ParameterType);
    }

    [Fact]
    public void ThisMachineHasDevicesOrSaysWhyNot()
    {
        if (Cuda.IsAvailable)
        {
            Assert.NotEmpty(Cuda.Devices);
            Assert.Null(Cuda.UnavailableReason);
        }
        else
        {
            Assert.Equal(Cuda.UnavailableReason, Assert.Throws<CudaUnavailableException>(() => Cuda.Devices).Message);
        }
    }

    private static bool FindsNothing(string path, out nint handle)
    {
        handle = 0;
        return false;
    }
}
