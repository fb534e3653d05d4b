using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// The client of the demo, the benchmark and the tests: an ordinary program with ordinary kernel sockets. It connects, prints
/// <c>connected</c>, waits for <see cref="Go"/>, runs, and prints the result as one line of JSON. A further line, or the end of
/// its input, ends a transfer early.
/// </summary>
internal static class TrafficCommand
{
    public const string Go = "go";

    private static readonly Argument<string> Kind = new Argument<string>("kind").AcceptOnlyFromAmong(
        "transfer", "send", "receive", "goodput-up", "goodput-down", "fetch", "roundtrips", "connect", "hold", "swarm", "steady",
        "crowd");
    private static readonly Option<string> To = new("--to") { Required = true, HelpName = "ADDRESS:PORT" };
    private static readonly Option<string?> From = new("--from") { HelpName = "ADDRESS" };
    private static readonly Option<double> Seconds = new("--seconds") { DefaultValueFactory = _ => 3600 };
    private static readonly Option<string?> Congestion = new("--congestion");
    private static readonly Option<double> Warm = new("--warm") { DefaultValueFactory = _ => 0 };
    private static readonly Option<long> Up = new("--up") { DefaultValueFactory = _ => long.MaxValue };
    private static readonly Option<long> Down = new("--down") { DefaultValueFactory = _ => long.MaxValue };
    private static readonly Option<double> Period = new("--period") { DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Patience = new("--patience")
    {
        DefaultValueFactory = _ => SwarmClient.DefaultPatience.TotalSeconds,
    };

    private static readonly Option<int> Connections = new("--connections") { DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("traffic", "Make traffic.")
        {
            Kind, To, From, Congestion, Seconds, Warm, Up, Down, Period, Patience, Connections,
        };
        command.Hidden = true;
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (endPoint, time) = (IPEndPoint.Parse(parsed.GetRequiredValue(To)), TimeSpan.FromSeconds(parsed.GetValue(Seconds)));
        var kind = parsed.GetRequiredValue(Kind);
        var warm = TimeSpan.FromSeconds(parsed.GetValue(Warm));
        Socket[] sockets = kind is "connect" or "fetch" or "swarm"
            ? []
            :
            [
                .. Enumerable.Range(0, parsed.GetValue(Connections)).Select(
                    _ => Connect(endPoint, parsed.GetValue(From), parsed.GetValue(Congestion))),
            ];
        Console.WriteLine("connected");
        if (await Console.In.ReadLineAsync(cancellation) != Go) return;

        var result = kind switch
        {
            "transfer" =>
                Json(Transfer(sockets[0], parsed.GetValue(Up), parsed.GetValue(Down), time), CommandJson.Default.TransferResult),
            "send" => Json(BulkClient.Run(sockets[0], upload: true, time), CommandJson.Default.BulkResult),
            "receive" => Json(BulkClient.Run(sockets[0], upload: false, time), CommandJson.Default.BulkResult),
            "goodput-up" => Json(GoodputClient.Run(sockets[0], upload: true, warm, time), CommandJson.Default.BulkResult),
            "goodput-down" => Json(GoodputClient.Run(sockets[0], upload: false, warm, time), CommandJson.Default.BulkResult),
            "fetch" =>
                Json(await FetchClient.RunAsync(endPoint, parsed.GetValue(Connections), time), CommandJson.Default.FetchResult),
            "roundtrips" => Json(await RoundTripClient.RunAsync(sockets, time), CommandJson.Default.RoundTripResult),
            "connect" => Json(await ConnectClient.RunAsync(endPoint, time), CommandJson.Default.ConnectResult),
            "swarm" => Json(
                await Swarm(endPoint, parsed).RunAsync(parsed.GetValue(Connections), time), CommandJson.Default.SwarmResult),
            "steady" => Json(
                await SteadyClient.RunAsync(sockets[0], time, StandardInput.NextLine()), CommandJson.Default.SteadyResult),
            "crowd" => Json(
                await Crowd(parsed).RunAsync(sockets, time, StandardInput.NextLine()), CommandJson.Default.CrowdResult),
            _ => "{}",
        };
        Console.WriteLine(result);
        foreach (var socket in sockets) socket.Dispose();
    }

    private static TransferResult Transfer(Socket socket, long up, long down, TimeSpan time)
    {
        using var stream = new NetworkStream(socket);
        var stop = StandardInput.NextLine();
        return new TransferClient(stream, () => socket.Shutdown(SocketShutdown.Send), up, down, time, stop).Run();
    }

    private static SwarmClient Swarm(IPEndPoint endPoint, ParseResult parsed) => new(
        endPoint, parsed.GetValue(Up), TimeSpan.FromSeconds(parsed.GetValue(Period)),
        TimeSpan.FromSeconds(parsed.GetValue(Patience)));

    private static CrowdClient Crowd(ParseResult parsed) => new(
        (int)parsed.GetValue(Up), TimeSpan.FromSeconds(parsed.GetValue(Period)),
        TimeSpan.FromSeconds(parsed.GetValue(Patience)));

    private static Socket Connect(IPEndPoint endPoint, string? from, string? congestion)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SocketCongestion.Choose(socket, congestion);
        if (from is not null) socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.Connect(endPoint);
        return socket;
    }

    private static string Json<T>(T result, JsonTypeInfo<T> type) => JsonSerializer.Serialize(result, type);
}
