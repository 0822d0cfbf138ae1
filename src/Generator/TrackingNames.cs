namespace Transformer.Compiled.Generator;

/// <summary>The names of the pipeline's steps, by which tests watch what is computed anew.</summary>
internal static class TrackingNames
{
    public const string Classes = nameof(Classes);
    public const string ConfigFiles = nameof(ConfigFiles);
    public const string ProjectConfigs = nameof(ProjectConfigs);
    public const string Results = nameof(Results);
    public const string Declarations = nameof(Declarations);
    public const string Sources = nameof(Sources);
    public const string Diagnostics = nameof(Diagnostics);
    public const string StrayAttributes = nameof(StrayAttributes);
}
