namespace Transformer.Compiled.Models;

/// <summary>A Llama of 260,000 parameters, trained on the TinyStories data set (Eldan and Li, 2023): five layers of width 64.</summary>
[Transformer("config.json")]
public sealed partial class Stories260K;
