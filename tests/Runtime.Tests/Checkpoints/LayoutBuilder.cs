using Transformer.Compiled.Checkpoints;

namespace Runtime.Tests.Checkpoints;

/// <summary>Builds layouts as generated code would, one parameter after the other, each at a multiple of 16 floats.</summary>
internal sealed class LayoutBuilder(string modelName)
{
    private readonly List<ParameterInfo> _parameters = [];
    private readonly List<CheckpointTensor> _tensors = [];
    private nint _floats;

    public CheckpointConventions Conventions { get; init; } = new("", [], []);

    /// <summary>Adds a parameter and returns its index.</summary>
    public int Parameter(string name, int rows, int columns, StorageFormat format, Initializer initializer = default)
    {
        ParameterKind kind = columns == 1 ? ParameterKind.Bias : ParameterKind.Projection;
        var parameter = new ParameterInfo(name, kind, rows, columns, _floats, format, initializer);
        _parameters.Add(parameter);
        _floats += (parameter.Floats + 15) / 16 * 16;
        return _parameters.Count - 1;
    }

    public LayoutBuilder Tensor(string name, int[] shape, TensorOrientation orientation, params RowRange[] rows)
    {
        _tensors.Add(new CheckpointTensor(name, shape, orientation, rows));
        return this;
    }

    /// <summary>Adds a parameter and the tensor that is all of it.</summary>
    public LayoutBuilder Whole(string name, int[] shape, TensorOrientation orientation, StorageFormat format, Initializer initializer = default)
    {
        int columns = shape.Skip(1).Aggregate(1, (product, dimension) => product * dimension);
        (int rows, columns) = orientation == TensorOrientation.RowMajor ? (shape[0], columns) : (columns, shape[0]);
        int parameter = Parameter(name, rows, columns, format, initializer);
        return Tensor(name, shape, orientation, new RowRange(parameter, 0, rows));
    }

    public ModelLayout Build() => Build(_floats);

    public ModelLayout Build(nint trainedFloats) => new(modelName, _floats, trainedFloats, [.. _parameters], [.. _tensors], Conventions);

    /// <summary>A layout for a fixture's model: panels for matrices, Conv1D weights transposed, separate q, k and v fused into one parameter.</summary>
    public static ModelLayout ForFixture(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        var builder = new LayoutBuilder(Path.GetFileName(Path.GetDirectoryName(path)!))
        {
            Conventions = new CheckpointConventions("model.", [], []),
        };
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            int[] shape = Array.ConvertAll(tensor.Shape.ToArray(), checked(dimension => (int)dimension));
            if (tensor.Name.Contains(".k_proj.") || tensor.Name.Contains(".v_proj.")) continue;
            if (tensor.Name.Contains(".q_proj.")) builder.Fused(file, tensor.Name);
            else if (shape.Length == 1) builder.Whole(tensor.Name, shape, TensorOrientation.RowMajor, StorageFormat.RowMajor);
            else builder.Whole(tensor.Name, shape, tensor.Name.Contains(".c_") ? TensorOrientation.Transposed : TensorOrientation.RowMajor, StorageFormat.Panels);
        }

        return builder.Build();
    }

    private void Fused(SafetensorsFile file, string query)
    {
        string[] names = [query, query.Replace(".q_proj.", ".k_proj."), query.Replace(".q_proj.", ".v_proj.")];
        int[][] shapes = Array.ConvertAll(names, name => Array.ConvertAll(file.Tensor(name).Shape.ToArray(), dimension => (int)dimension));
        int columns = shapes[0].Length == 1 ? 1 : shapes[0][1];
        StorageFormat format = columns == 1 ? StorageFormat.RowMajor : StorageFormat.Panels;
        int parameter = Parameter(query.Replace(".q_proj.", ".qkv."), shapes.Sum(shape => shape[0]), columns, format);
        int row = 0;
        for (int index = 0; index < names.Length; index++)
        {
            Tensor(names[index], shapes[index], TensorOrientation.RowMajor, new RowRange(parameter, row, shapes[index][0]));
            row += shapes[index][0];
        }
    }
}
