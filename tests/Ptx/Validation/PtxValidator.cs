using System.Globalization;

namespace Transformer.Compiled.Ptx;

/// <summary>What can be found wrong in a module without running it.</summary>
public static class PtxValidator
{
    /// <summary>Refuses a module that has findings.</summary>
    /// <exception cref="PtxException">An instruction cannot be decoded, or there are findings; the message has them all.</exception>
    public static void Validate(PtxModule module)
    {
        IReadOnlyList<string> findings = Findings(module);
        if (findings.Count > 0) throw new PtxException(0, $"{findings.Count} finding(s):\n{string.Join('\n', findings)}");
    }

    /// <summary>
    /// Instructions above the module's <c>.version</c> or <c>.target</c>; registers, parameters and labels that nothing uses; instructions that nothing
    /// reaches; a text that is not ASCII.
    /// </summary>
    /// <exception cref="PtxException">An instruction cannot be decoded.</exception>
    public static IReadOnlyList<string> Findings(PtxModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        using (var machine = new PtxMachine()) machine.Check(module);
        return [.. OfModule(module), .. module.Entries.SelectMany(OfKernel)];
    }

    private static IEnumerable<string> OfModule(PtxModule module)
    {
        if (Architecture(module) is null) yield return $"the target is '{module.Target}'; expected one such as sm_80.";
        int place = module.Text.AsSpan().IndexOfAnyExceptInRange('\0', '\x7F');
        if (place >= 0) yield return $"line {module.Text.AsSpan(0, place).Count('\n') + 1}: '{module.Text[place]}' is not ASCII.";
    }

    private static IEnumerable<string> OfKernel(PtxEntry entry) =>
        Levels(entry).Concat(Unused(entry)).Concat(Unreached(entry)).Select(finding => $"kernel '{entry.Name}': {finding}");

    private static IEnumerable<string> Levels(PtxEntry entry)
    {
        int? architecture = Architecture(entry.Module);
        foreach (PtxInstruction instruction in entry.Instructions)
        {
            if (InstructionLevels.Of(instruction) is { } level && (level.Version > entry.Module.Version || level.Architecture > architecture))
                yield return $"line {instruction.Line}: {instruction.Name} needs {level}; the module has .version {entry.Module.Version} and {entry.Module.Target}.";
        }
    }

    private static IEnumerable<string> Unused(PtxEntry entry)
    {
        var used = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (PtxInstruction instruction in entry.Instructions)
        {
            if (instruction.Guard is { } guard) used.Add(guard.Register);
            foreach (PtxOperand operand in instruction.Operands) Use(operand, used);
        }

        foreach (PtxRegister register in entry.Registers.Where(register => !used.Contains(register))) yield return $"line {register.Line}: no instruction has the register {register.Name}.";
        foreach (PtxParameter parameter in entry.Parameters.Where(parameter => !used.Contains(parameter))) yield return $"line {parameter.Line}: the parameter {parameter.Name} is never read.";
        foreach (PtxVariable variable in entry.Variables.Where(variable => !used.Contains(variable))) yield return $"line {variable.Line}: the variable {variable.Name} is never used.";
        foreach (PtxLabel label in entry.Labels.Where(label => !used.Contains(label))) yield return $"line {label.Line}: nothing branches to {label.Name}.";
    }

    private static void Use(PtxOperand operand, HashSet<object> used)
    {
        switch (operand)
        {
            case PtxRegisterOperand register: used.Add(register.Register); break;
            case PtxAddressOperand address: Use(address.Base, used); break;
            case PtxSymbolOperand symbol: used.Add((object?)symbol.Parameter ?? (object?)symbol.Variable ?? symbol); break;
            case PtxLabelOperand label: used.Add(label.Label); break;
            case PtxVectorOperand vector: foreach (PtxOperand element in vector.Elements) Use(element, used); break;
            case PtxPairOperand pair: Use(pair.First, used); Use(pair.Second, used); break;
        }
    }

    /// <summary>What stands behind an unconditional branch or exit, up to the next label.</summary>
    private static IEnumerable<string> Unreached(PtxEntry entry)
    {
        HashSet<int> targets = [.. entry.Labels.Select(label => label.Target)];
        for (int index = 1; index < entry.Instructions.Count; index++)
        {
            PtxInstruction before = entry.Instructions[index - 1];
            if (before is { Opcode: "bra" or "ret" or "exit", Guard: null } && !targets.Contains(index))
                yield return $"line {entry.Instructions[index].Line}: nothing reaches '{entry.Instructions[index].Text}'.";
        }
    }

    /// <summary>80 for sm_80, also for sm_90a.</summary>
    private static int? Architecture(PtxModule module) =>
        module.Target.StartsWith("sm_", StringComparison.Ordinal) && int.TryParse(module.Target.AsSpan(3).TrimEnd("af"), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
