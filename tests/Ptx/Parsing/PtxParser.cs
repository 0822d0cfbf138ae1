namespace Transformer.Compiled.Ptx;

/// <summary>A module: directives, variables, kernels.</summary>
internal sealed class PtxParser(string text)
{
    private const int MaximumParameterBytes = 4352;

    private static readonly string[] Linkages = ["visible", "extern", "weak", "common"];

    private static readonly string[] Limits = ["maxntid", "reqntid", "minnctapersm", "maxnreg", "maxnctapersm"];

    private readonly TokenReader _reader = new(text);
    private readonly PtxModule _module = new(text);

    public PtxModule Module()
    {
        ReadHeader();
        var scope = new Scope(null);
        while (_reader.Current.Kind != PtxTokenKind.End)
        {
            bool isExternal = false;
            while (_reader.Current.Kind == PtxTokenKind.Directive && Linkages.Contains(_reader.Current.Text)) isExternal |= _reader.Take().Text == "extern";
            var token = _reader.Current;
            if (token.IsDirective("entry")) _module.Add(Entry(scope));
            else if (token.Kind == PtxTokenKind.Directive && VariableReader.SpaceOf(token.Text) is { } space)
            {
                foreach (var variable in VariableReader.Read(_reader, space, isExternal))
                {
                    _module.Add(variable);
                    scope.Declare(variable);
                }
            }
            else if (token.IsDirective("func")) throw new PtxException(token.Line, "found '.func'; functions are not supported, expected '.entry' or a variable.");
            else throw _reader.Unexpected("'.entry' or a variable in '.global', '.const' or '.shared'");
        }

        return _module;
    }

    private void ReadHeader()
    {
        if (!_reader.TryTakeDirective("version")) throw _reader.Unexpected("'.version'");
        var version = _reader.Take();
        string spelling = version.Kind is PtxTokenKind.Float64 or PtxTokenKind.Integer ? version.Text : "";
        if (!Version.TryParse(spelling, out var parsed)) throw new PtxException(version.Line, $"found {version}, expected a version as in '7.0'.");
        _module.Version = parsed;

        if (!_reader.TryTakeDirective("target")) throw _reader.Unexpected("'.target'");
        _module.Target = _reader.ExpectName("a target as in 'sm_80'").Text;
        while (_reader.TryTake(',')) _reader.ExpectName("a target");

        if (!_reader.TryTakeDirective("address_size")) return;
        int line = _reader.Current.Line;
        _module.AddressSize = _reader.ExpectInteger("64");
        if (_module.AddressSize != 64) throw new PtxException(line, $"found '.address_size {_module.AddressSize}', expected 64.");
    }

    private PtxEntry Entry(Scope moduleScope)
    {
        _reader.Take();
        var name = _reader.ExpectName("the name of a kernel");
        var entry = new PtxEntry(_module, name.Text, name.Line);
        var scope = new Scope(moduleScope);
        if (_reader.TryTake('(')) ReadParameters(entry, scope);
        while (_reader.Current.Kind == PtxTokenKind.Directive) ReadDirective(entry);
        new BodyParser(_reader, entry).Read(scope);
        return entry;
    }

    private void ReadParameters(PtxEntry entry, Scope scope)
    {
        if (_reader.TryTake(')')) return;
        int offset = 0;
        do
        {
            if (!_reader.TryTakeDirective("param")) throw _reader.Unexpected("'.param'");
            int alignment = VariableReader.Alignment(_reader);
            var type = _reader.ExpectType();
            SkipPointerAttributes();
            var name = _reader.ExpectName("the name of a parameter");
            int bytes = checked(type.Bytes() * (VariableReader.Dimensions(_reader) ?? 1));
            if (alignment == 0) alignment = type.Bytes();
            offset = (offset + alignment - 1) / alignment * alignment;
            var parameter = new PtxParameter(name.Text, type, alignment, offset, bytes, name.Line);
            entry.ParameterList.Add(parameter);
            scope.Declare(parameter);
            offset += bytes;
        }
        while (_reader.TryTake(','));
        _reader.Expect(')');
        if (offset > MaximumParameterBytes) throw new PtxException(entry.Line, $"'{entry.Name}' has {offset} bytes of parameters, expected at most {MaximumParameterBytes}.");
    }

    /// <summary><c>.ptr .global .align 16</c>: what a compiler knows about what a pointer points to.</summary>
    private void SkipPointerAttributes()
    {
        if (!_reader.TryTakeDirective("ptr")) return;
        if (_reader.Current.Kind == PtxTokenKind.Directive && VariableReader.SpaceOf(_reader.Current.Text) is not null) _reader.Take();
        VariableReader.Alignment(_reader);
    }

    private void ReadDirective(PtxEntry entry)
    {
        var directive = _reader.Take();
        if (directive.Text == "pragma")
        {
            if (_reader.Take().Kind != PtxTokenKind.Text) throw new PtxException(directive.Line, "'.pragma' is not followed by a string.");
            _reader.Expect(';');
            return;
        }

        if (!Limits.Contains(directive.Text))
            throw new PtxException(directive.Line, $"found '.{directive.Text}', expected the body of '{entry.Name}' or one of {string.Join(", ", Limits.Select(limit => $"'.{limit}'"))}.");
        var values = new List<int>();
        do values.Add(_reader.ExpectInteger("a positive integer"));
        while (_reader.TryTake(','));
        if (directive.Text.EndsWith("ntid", StringComparison.Ordinal))
            while (values.Count < 3) values.Add(1);
        if (!entry.DirectiveTable.TryAdd(directive.Text, values)) throw new PtxException(directive.Line, $"a second '.{directive.Text}' in '{entry.Name}'.");
    }
}
