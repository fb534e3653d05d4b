namespace ActorStack.Tests.Common;

/// <summary>
/// A test in network namespaces of its own. It is skipped, with a message, where the system lacks what that needs.
/// </summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = LinuxRequirement.SkipReason;
}
