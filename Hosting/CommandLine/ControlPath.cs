using System.CommandLine;

namespace ActorStack.CommandLine;

/// <summary>The default path of the control socket.</summary>
internal static class ControlPath
{
    private const string Variable = "ACTORSTACK_CONTROL";

    public static Option<string> Option() => new("--control")
    {
        Description = $"The control socket; else ${Variable}, else actorstack/control.sock in the user's runtime directory.",
        HelpName = "PATH",
        DefaultValueFactory = _ => Default,
    };

    private static string Default
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return given;
            var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } directory ? directory
                : Environment.UserName == "root" ? "/run"
                : Path.GetTempPath();
            return Path.Combine(runtime, "actorstack", "control.sock");
        }
    }
}
