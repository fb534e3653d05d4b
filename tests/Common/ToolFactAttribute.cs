using ActorStack.Transport.Linux;

namespace ActorStack.Tests.Common;

/// <summary>As <see cref="LinuxFactAttribute"/>, with a program that is not everywhere; without it the test is skipped.</summary>
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string tool) =>
        Skip = LinuxRequirement.SkipReason ?? (LinuxSupport.FindTool(tool) is null ? $"the program `{tool}` is missing" : null);
}
