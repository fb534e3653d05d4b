using System.CommandLine.Parsing;
using System.Globalization;
using ActorStack.CommandLine.Traffic;
using ActorStack.Hosting.Services;

namespace ActorStack.CommandLine.Serve;

/// <summary>One <c>--service NAME=PORT</c>.</summary>
internal sealed record ServiceArgument(string Name, int Port, Type HandlerType)
{
    private static readonly Dictionary<string, Type> Handlers = new()
    {
        ["echo"] = typeof(EchoHandler),
        ["discard"] = typeof(DiscardHandler),
        ["chargen"] = typeof(ChargenHandler),
        ["transfer"] = typeof(TransferHandler),
    };

    public static string Names => string.Join(", ", Handlers.Keys);

    public override string ToString() => $"{Name}={Port}";

    public static ServiceArgument[]? Parse(ArgumentResult result)
    {
        var services = new List<ServiceArgument>();
        foreach (var token in result.Tokens)
        {
            var (name, port) = token.Value.Split('=') is [var left, var right] ? (left, right) : (token.Value, "");
            if (!Handlers.TryGetValue(name, out var handler))
                result.AddError($"There is no service '{name}'. Give one of {Names}, as in echo=7.");
            else if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > ushort.MaxValue)
                result.AddError($"'{token.Value}' names no port. Give one from 1 to 65535, as in {name}=7.");
            else
                services.Add(new ServiceArgument(name, number, handler));
        }

        return [.. services];
    }
}
