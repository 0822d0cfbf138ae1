namespace Transformer.Compiled.Models.Entities;

/// <summary>A tag for each token. Of the sizes of dslim/bert-base-NER unless the build names another folder.</summary>
[Transformer("entity-tagger", Head = HeadKind.TokenClassification)]
public sealed partial class TaggerModel;
