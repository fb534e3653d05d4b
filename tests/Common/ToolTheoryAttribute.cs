using ActorStack.Transport.Linux;

namespace ActorStack.Tests.Common;

/// <summary>As <see cref="LinuxTheoryAttribute"/>, with a program that is not everywhere; without it tests are skipped.</summary>
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(string tool) =>
        Skip = LinuxRequirement.SkipReason ?? (LinuxSupport.FindTool(tool) is null ? $"the program `{tool}` is missing" : null);
}
