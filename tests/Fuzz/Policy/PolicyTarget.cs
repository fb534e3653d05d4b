using System.Text;
using ActorStack.Actors.Policy;
using Akka.Configuration;

namespace ActorStack.Fuzz.Policy;

/// <summary>
/// The operator's rules: they are taken, or refused with a complaint that names what is wrong. The input chooses keys and values;
/// text that is no HOCON is for Akka's parser to refuse, which does not always come to an end.
/// </summary>
internal static class PolicyTarget
{
    private const int MaximumEntries = 60;

    private static readonly string[] Keys =
    [
        "hold", "leave-ratio", "rate-window", "min-stay", "max-moves", "moves-window", "backoff", "max-backoff", "rules", "name",
        "action",
        "engine", "match", "local-port", "remote-port", "local", "remote", "min-bytes", "max-bytes", "min-rate", "max-rate",
        "min-age",
        "max-age", "min-rtt", "max-rtt", "unknown",
    ];

    private static readonly string[] Values =
    [
        "0", "1", "-1", "0.5", "1e308", "1e400", "99999999999999999999", "10s", "5 ms", "3h", "99999999h", "10MB", "1e30GB",
        "1Mbit", "NaN",
        "infinite", "80", "8000-8999", "9-1", "0-99999", "10.0.0.0/8", "10.0.0.0/33", "\"fd00::/8\"", "\"fd00::/-1\"", "\"::\"",
        "offload", "upload",
        "stay", "kernel", "toe", "\"\"", "\"80, 443\"", "[]", "[80, 443]", "{}", "{ a = 1 }", "null", "true",
    ];

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var input = new FuzzInput(bytes);
        var text = new StringBuilder();
        for (var i = 0; i < MaximumEntries && !input.IsEmpty; i++) Append(text, input, depth: 0);
        Read(ConfigurationFactory.ParseString($"actorstack.policy {{\n{text}}}\n").GetConfig("actorstack.policy"));
    }

    private static void Append(StringBuilder text, FuzzInput input, int depth)
    {
        var (key, shape) = (input.Byte(), input.Byte());
        text.Append(Keys[key % Keys.Length]).Append(" = ");
        if (shape < 192 || depth > 3) text.Append(Values[shape % Values.Length]);
        else if (shape < 224) AppendObject(text, input, depth, entries: shape & 7);
        else AppendList(text, input, depth, entries: shape & 3);
        text.Append('\n');
    }

    private static void AppendObject(StringBuilder text, FuzzInput input, int depth, int entries)
    {
        text.Append("{\n");
        for (var i = 0; i < entries; i++) Append(text, input, depth + 1);
        text.Append('}');
    }

    private static void AppendList(StringBuilder text, FuzzInput input, int depth, int entries)
    {
        text.Append('[');
        for (var i = 0; i < entries; i++) AppendObject(text.Append(i > 0 ? ", " : ""), input, depth + 1, input.Byte() & 7);
        text.Append(']');
    }

    private static void Read(Config section)
    {
        try
        {
            new PolicyParser(["kernel", "toe"]).Parse(section);
        }
        catch (ConfigurationException error)
        {
            InvariantException.Require(error.Message.StartsWith("actorstack.policy", StringComparison.Ordinal),
                $"a complaint without a path: {error.Message}");
        }
    }
}
