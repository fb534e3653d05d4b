using System.CommandLine.Parsing;
using System.Globalization;
using ActorStack.CommandLine.Traffic;
using ActorStack.Hosting;
using ActorStack.Hosting.Services;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.CommandLine.Serve;

/// <summary>One <c>--service NAME=PORT[,congestion=NAME]</c>.</summary>
internal sealed record ServiceArgument(string Name, int Port, Type HandlerType)
{
    private const string CongestionKey = "congestion=";

    private static readonly Dictionary<string, Type> Handlers = new()
    {
        ["echo"] = typeof(EchoHandler),
        ["discard"] = typeof(DiscardHandler),
        ["chargen"] = typeof(ChargenHandler),
        ["transfer"] = typeof(TransferHandler),
    };

    public static string Names => string.Join(", ", Handlers.Keys);

    /// <summary>Null: the stack's.</summary>
    public string? Congestion { get; init; }

    public override string ToString() => $"{Name}={Port}";

    /// <summary>The services of RFC 862 to 864 never block, and then the shortest way is the best.</summary>
    private bool NeverBlocks => HandlerType == typeof(EchoHandler) || HandlerType == typeof(DiscardHandler) || HandlerType == typeof(ChargenHandler);

    public void Configure(ListenerOptions options)
    {
        options.Congestion = Congestion;
        options.UnsafePreferInlineScheduling = NeverBlocks;
    }

    public static ServiceArgument[]? Parse(ArgumentResult result)
    {
        var services = new List<ServiceArgument>();
        foreach (var token in result.Tokens)
        {
            var (service, error) = Parse(token.Value);
            if (service is not null) services.Add(service);
            else result.AddError(error);
        }

        return [.. services];
    }

    private static (ServiceArgument? Service, string Error) Parse(string text)
    {
        var parts = text.Split(',');
        var (name, port) = parts[0].Split('=') is [var left, var right] ? (left, right) : (parts[0], "");
        if (!Handlers.TryGetValue(name, out var handler))
            return (null, $"There is no service '{name}'. Give one of {Names}, as in echo=7.");
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > ushort.MaxValue)
            return (null, $"'{text}' names no port. Give one from 1 to 65535, as in {name}=7.");
        if (!TryReadCongestion(parts[1..], out var congestion))
            return (null, $"'{text}' names no congestion control. Give one of {CongestionControls.List}, as in {name}={port},congestion=reno.");
        return (new ServiceArgument(name, number, handler) { Congestion = congestion }, "");
    }

    private static bool TryReadCongestion(string[] parts, out string? name)
    {
        name = null;
        if (parts.Length == 0) return true;
        name = parts is [var only] && only.StartsWith(CongestionKey, StringComparison.Ordinal) ? only[CongestionKey.Length..] : "";
        return CongestionControls.Names.Contains(name);
    }
}
