using ActorStack.Transport.Linux;

namespace ActorStack.Tests.Common;

/// <summary>
/// Why Linux tests are skipped here: null where they run, and always with ACTORSTACK_REQUIRE_LINUX=1, so that CI can't miss them.
/// </summary>
public static class LinuxRequirement
{
    public static string? SkipReason { get; } = Find();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ACTORSTACK_REQUIRE_LINUX") == "1") return null;
        var missing = LinuxSupport.Missing(LinuxFeatures.NetworkNamespace | LinuxFeatures.TunLink | LinuxFeatures.KernelEngine);
        return missing.Count == 0 ? null : string.Join("; ", missing);
    }
}
