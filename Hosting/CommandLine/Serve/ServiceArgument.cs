using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Text;
using ActorStack.CommandLine.Traffic;
using ActorStack.Hosting;
using ActorStack.Hosting.Options;
using ActorStack.Hosting.Services;
using ActorStack.Transport.Tcp.Congestion;
using Akka.Configuration;

namespace ActorStack.CommandLine.Serve;

/// <summary>
/// One argument <c>--service NAME=PORT[,congestion=NAME][,backlog=N][,concurrency=N][,to=ADDRESS:PORT][,OPTION=VALUE]...</c>,
/// where OPTION is a socket option.
/// </summary>
internal sealed record ServiceArgument(string Name, int Port, Type HandlerType)
{
    private const string CongestionKey = "congestion";
    private const string BacklogKey = "backlog";
    private const string ConcurrencyKey = "concurrency";
    private const string ToKey = "to";
    private const string RelayName = "relay";

    private static readonly Dictionary<string, Type> Handlers = new()
    {
        ["echo"] = typeof(EchoHandler),
        ["discard"] = typeof(DiscardHandler),
        ["chargen"] = typeof(ChargenHandler),
        ["transfer"] = typeof(TransferHandler),
        [RelayName] = typeof(RelayHandler),
    };

    public static string Names => string.Join(", ", Handlers.Keys);

    /// <summary>The congestion control; null: the stack's.</summary>
    public string? Congestion { get; init; }

    /// <summary>The backlog; null: the configuration's.</summary>
    public int? Backlog { get; init; }

    /// <summary>The concurrency; null: the configuration's.</summary>
    public int? Concurrency { get; init; }

    /// <summary>The target of a relay; null: the service is no relay.</summary>
    public IPEndPoint? To { get; init; }

    /// <summary>The socket options of the argument.</summary>
    public required Config SocketOptions { get; init; }

    public override string ToString() => $"{Name}={Port}";

    /// <summary>
    /// True for the services of RFC 862 to 864, whose handlers never block and may therefore run on the stack's thread.
    /// </summary>
    private bool NeverBlocks =>
        HandlerType == typeof(EchoHandler) || HandlerType == typeof(DiscardHandler) || HandlerType == typeof(ChargenHandler);

    public void Configure(ListenerOptions options)
    {
        options.Congestion = Congestion;
        options.Backlog = Backlog;
        options.Concurrency = Concurrency;
        options.Socket = socket => SocketOptionReader.Apply(socket, SocketOptions, Name);
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
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is < 1 or > ushort.MaxValue)
            return (null, $"'{text}' names no port. Give one from 1 to 65535, as in {name}=7.");
        return ParseOptions(new ServiceArgument(name, number, handler) { SocketOptions = Config.Empty }, parts[1..]);
    }

    private static (ServiceArgument? Service, string Error) ParseOptions(ServiceArgument service, string[] parts)
    {
        var hocon = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Split('=') is not [var key, var value])
                return (null, $"'{part}' is no option. Write it as in {service},tcp-nodelay=off.");
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (key)
            {
                case CongestionKey when !CongestionControls.Names.Contains(value):
                    return (
                        null,
                        $"'{part}' names no congestion control. "
                        + $"Give one of {CongestionControls.List}, as in {service},congestion=reno.");
                case BacklogKey or ConcurrencyKey when !isNumber:
                    return (null, $"'{part}' is no number. Write it as in {service},{key}=100.");
                case ToKey when !IPEndPoint.TryParse(value, out var to) || to.Port == 0:
                    return (null, $"'{part}' is no destination. Write it as in {service},to=10.8.0.2:80.");
                case ToKey:
                    service = service with { To = IPEndPoint.Parse(value) };
                    break;
                case CongestionKey:
                    service = service with { Congestion = value };
                    break;
                case BacklogKey:
                    service = service with { Backlog = number };
                    break;
                case ConcurrencyKey:
                    service = service with { Concurrency = number };
                    break;
                default:
                    hocon.AppendLine(CultureInfo.InvariantCulture, $"\"{key}\" = \"{value}\"");
                    break;
            }
        }

        if (service.HandlerType == typeof(RelayHandler) != service.To is not null)
            return (
                null,
                $"'{service}' needs a destination where it is a {RelayName}, and only then: {RelayName}=7000,to=10.8.0.2:80.");
        return Check(service with { SocketOptions = ConfigurationFactory.ParseString(hocon.ToString()) });
    }

    private static (ServiceArgument? Service, string Error) Check(ServiceArgument service)
    {
        try
        {
            SocketOptionReader.Apply(ActorStack.Transport.Tcp.Options.SocketOptions.Default, service.SocketOptions, service.Name);
            return (service, "");
        }
        catch (StackStartException error)
        {
            return (null, $"{error.Message} {error.WhatToDo}");
        }
    }
}
