using Microsoft.CodeAnalysis;

namespace Transformer.Compiled.Generator.Diagnostics;

/// <summary>Every diagnostic of the generator: one ID, one message, one page in <c>docs/diagnostics</c>.</summary>
internal static class DiagnosticDescriptors
{
    private const string Category = "Transformer.Compiled";
    private const string HelpLinkBase = "https://github.com/transformer-compiled/transformer-compiled/blob/main/docs/diagnostics/";

    public static readonly DiagnosticDescriptor ClassNotPartial = Error("TC0001",
        "Model class is not partial",
        "The model class '{0}' must be partial, so that the generated half can join it");

    public static readonly DiagnosticDescriptor ContainingTypeNotPartial = Error("TC0002",
        "Type around a model class is not partial",
        "The type '{0}' must be partial, because the model class '{1}' lies in it");

    public static readonly DiagnosticDescriptor GenericModel = Error("TC0003",
        "Model class is generic",
        "The model class '{0}' is generic or lies in a generic type; a model has static shapes and no type parameters");

    public static readonly DiagnosticDescriptor UnsupportedClassKind = Error("TC0004",
        "Model is not an ordinary class",
        "The model '{0}' must be an ordinary class, not {1}");

    public static readonly DiagnosticDescriptor NameCollision = Error("TC0005",
        "Name is taken by a generated member",
        "The name '{0}' is that of a member generated into the model class '{1}'; give yours another name");

    public static readonly DiagnosticDescriptor TransformerMissing = Warning("TC0006",
        "Attribute without [Transformer]",
        "[{0}] has no effect on '{1}', which has no [Transformer]");

    public static readonly DiagnosticDescriptor LanguageVersionTooLow = Error("TC0007",
        "C# version is too low",
        "The code generated for the model class '{0}' needs C# {1} or later; set LangVersion in the project");

    public static readonly DiagnosticDescriptor RequiredValueMissing = Error("TC0008",
        "Required value is missing",
        "[{0}] needs a value for '{1}'");

    public static readonly DiagnosticDescriptor ValueOutOfRange = Error("TC0009",
        "Value is out of range",
        "'{0}' is {1}; it must be {2}");

    public static readonly DiagnosticDescriptor WidthNotDivisibleByHeads = Error("TC0010",
        "Heads do not divide the width",
        "'{0}' is {1}, which '{2}' = {3} does not divide; change one of them, or give the width of a head");

    public static readonly DiagnosticDescriptor HeadsNotDivisibleByKeyValueHeads = Error("TC0011",
        "Key/value heads do not divide the heads",
        "{0} heads cannot share '{1}' = {2} evenly; it must divide them");

    public static readonly DiagnosticDescriptor RotaryDimUnusable = Error("TC0012",
        "Rotary width is odd or wider than a head",
        "{0} elements of each head would be rotated; the number must be even, and at most {1}, the width of a head");

    public static readonly DiagnosticDescriptor SinusoidalWidthOdd = Error("TC0013",
        "Sinusoidal positions need an even width",
        "'{0}' is {1}; sinusoidal positions come in pairs and need an even width");

    public static readonly DiagnosticDescriptor SlidingWindowNotCausal = Error("TC0014",
        "Sliding window without a causal mask",
        "'{0}' looks back from each position and needs a causal model");

    public static readonly DiagnosticDescriptor RotaryScalingUnordered = Error("TC0015",
        "Factors of the rotary scaling are in the wrong order",
        "'{0}' is {1}; it must be above '{2}', which is {3}");

    public static readonly DiagnosticDescriptor TensorTooLarge = Error("TC0016",
        "Tensor is too large",
        "The {0} would have {1} elements; a tensor can have at most 2147483647");

    public static readonly DiagnosticDescriptor BeyondContext = Error("TC0017",
        "More tokens than the context holds",
        "'{0}' is {1}, more than the model's {2} length of {3}");

    public static readonly DiagnosticDescriptor SettingWithoutEffect = Warning("TC0018",
        "Value has no effect",
        "'{0}' has no effect without {1}");

    public static readonly DiagnosticDescriptor SettingBesideConfig = Error("TC0019",
        "Value cannot stand beside a config",
        "'{0}' comes from '{1}'; beside a config only the lengths, the dropout rates and the head can be set");

    public static readonly DiagnosticDescriptor ContextLengthExtended = Error("TC0020",
        "Context length is longer than the config's",
        "'{0}' is {1}; beside a config it can only shorten the config's {2}");

    public static readonly DiagnosticDescriptor ConfigPathNotRelative = Error("TC0021",
        "Config path is not relative",
        "The config's path '{0}' must name a file relative to the project directory");

    public static readonly DiagnosticDescriptor ConfigNotFound = Error("TC0022",
        "Config is not among the additional files",
        "The project has no additional file '{0}' (relative to the project directory, or by its ConfigName; case-sensitive); add <AdditionalFiles Include=\"{0}\" /> to it");

    public static readonly DiagnosticDescriptor ConfigAmbiguous = Error("TC0023",
        "Config path is ambiguous",
        "Several additional files match the config's path '{0}': {1}");

    public static readonly DiagnosticDescriptor ConfigNotJson = Error("TC0024",
        "Config is not valid JSON",
        "The config is not valid JSON: {0}");

    public static readonly DiagnosticDescriptor ConfigFamilyUnknown = Error("TC0025",
        "Config is of an unknown family",
        "The config's 'model_type' is {0}; supported are {1}");

    public static readonly DiagnosticDescriptor ConfigValueOfWrongType = Error("TC0026",
        "Config value has the wrong type",
        "The config's '{0}' is {1}; it must be {2}");

    public static readonly DiagnosticDescriptor ConfigValueUnsupported = Error("TC0027",
        "Config value is not supported",
        "The config's '{0}' is {1}, which is not supported; supported: {2}");

    public static readonly DiagnosticDescriptor ConfigKeyUnknown = Warning("TC0028",
        "Config key is unknown",
        "The config's key '{0}' is unknown for the family '{1}'; the compiled model takes no notice of it");

    public static readonly DiagnosticDescriptor FrozenPatternMatchesNothing = Error("TC0029",
        "Frozen pattern matches no parameter",
        "The pattern '{0}' matches no parameter of '{1}'; its parameters have names such as '{2}'");

    public static readonly DiagnosticDescriptor EverythingFrozen = Error("TC0030",
        "Every parameter is frozen",
        "The patterns in Frozen leave nothing of '{0}' to train; remove [Training] or some of them");

    public static readonly DiagnosticDescriptor HeadsWithoutOutputProjection = Error("TC0031",
        "Heads without an output projection have the wrong width",
        "{0} heads of {1} values have no projection after them; together they must be {2} wide, the width of the model");

    public static readonly DiagnosticDescriptor ChoicesDoNotFit = Error("TC0032",
        "Choices do not fit together",
        "'{0}' = {1} does not fit {2}");

    public static readonly DiagnosticDescriptor CudaLibraryMissing = Error("TC0033",
        "The library for CUDA is not referenced",
        "[Cuda] on '{0}' needs a reference to the package Transformer.Compiled.Cuda");

    public static readonly DiagnosticDescriptor NoKernelForDevice = Error("TC0034",
        "There is no kernel for a GPU",
        "'{0}' cannot be compiled for GPUs: {1} Remove [Cuda], or change the model");

    public static readonly DiagnosticDescriptor InternalError = Error("TC9999",
        "Internal error of the generator",
        "The generator failed on the model class '{0}' with {1}; please report it with your declaration");

    private static DiagnosticDescriptor Error(string id, string title, string message) => Create(id, title, message, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(string id, string title, string message) => Create(id, title, message, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Create(string id, string title, string message, DiagnosticSeverity severity)
        => new(id, title, message, Category, severity, isEnabledByDefault: true, helpLinkUri: HelpLinkBase + id + ".md");
}
