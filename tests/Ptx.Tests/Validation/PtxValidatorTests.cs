namespace Transformer.Compiled.Ptx.Tests;

/// <summary>Each thing that the validator finds, and that it finds nothing in a module that is as it should be.</summary>
public sealed class PtxValidatorTests
{
    private const string Header = ".version 7.0\n.target sm_80\n.address_size 64\n";
    private const string Store = "ld.param.u64 %rd0, [to]; cvta.to.global.u64 %rd1, %rd0; st.global.u32 [%rd1], %r0;";

    [Fact]
    public void AModuleAsItShouldBeHasNoFindings() => PtxValidator.Validate(PtxModule.Parse(Text(Header, $"mov.u32 %r0, %tid.x; {Store} ret;")));

    [Theory]
    [InlineData(".version 6.0\n.target sm_80\n.address_size 64\n", "redux.sync.add.u32 %r0, 1, 0xffffffff;", "redux.sync.add.u32 needs .version 7.0 and sm_80; the module has .version 6.0 and sm_80")]
    [InlineData(".version 7.0\n.target sm_70\n.address_size 64\n", "redux.sync.add.u32 %r0, 1, 0xffffffff;", "the module has .version 7.0 and sm_70")]
    [InlineData(Header, "mov.u32 %r0, 1; // \u00B7\n", "line 8: '\u00B7' is not ASCII")]
    [InlineData(Header, "mov.u32 %r0, 1; bra END; mov.u32 %r0, 2; END:", "nothing reaches 'mov.u32 %r0, 2'")]
    [InlineData(Header, "mov.u32 %r0, 1; HERE:", "nothing branches to HERE")]
    public void WhatIsWrongIsFound(string header, string body, string expected) => AssertFound(Text(header, body + Store + " ret;"), expected);

    [Fact]
    public void WhatNothingUsesIsFound()
    {
        string text = Text(Header, "mov.u32 %r0, 1; ret;");
        AssertFound(text, "no instruction has the register %rd0");
        AssertFound(text, "the parameter to is never read");
    }

    private static string Text(string header, string body) =>
        header + ".visible .entry k(.param .u64 to)\n{\n.reg .b32 %r<1>;\n.reg .b64 %rd<2>;\n" + body + "\n}\n";

    private static void AssertFound(string text, string expected)
    {
        PtxModule module = PtxModule.Parse(text);
        Assert.Contains(PtxValidator.Findings(module), finding => finding.Contains(expected, StringComparison.Ordinal));
        Assert.Contains(expected, Assert.Throws<PtxException>(() => PtxValidator.Validate(module)).Message, StringComparison.Ordinal);
    }
}
