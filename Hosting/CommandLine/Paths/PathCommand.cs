using System.CommandLine;
using System.Text.Json;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;

namespace ActorStack.CommandLine.Paths;

/// <summary>
/// The path emulator. It joins two network namespaces by a path with the given bandwidth, queue, delay and faults. A line of
/// JSON on the standard input changes the path. At the end of the input the emulator prints its counters of packets as one line
/// of JSON.
/// </summary>
internal static class PathCommand
{
    private static readonly Option<string> Left = new("--left")
    {
        Description = "Network namespace of the left end, e.g. /run/netns/a or /proc/PID/ns/net.",
        HelpName = "NETNS",
        Required = true,
    };

    private static readonly Option<string> Right =
        new("--right") { Description = "Network namespace of the right end.", HelpName = "NETNS", Required = true };

    private static readonly Option<string> Device = new("--device")
    {
        Description = "Name of the device in both namespaces.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "path0",
    };

    private static readonly Option<string[]> LeftAddress = new("--left-address")
    {
        Description = "An address of the left device, e.g. 10.8.0.2/24; may be repeated.",
        HelpName = "ADDRESS/LENGTH",
    };

    private static readonly Option<string[]> RightAddress =
        new("--right-address") { Description = "An address of the right device.", HelpName = "ADDRESS/LENGTH" };

    private static readonly PathOptions Path = new();

    public static Command Create()
    {
        var command = new Command("path", """
            Join two network namespaces by an emulated path: real traffic, a TUN device at either end.

            The queue, the line's speed and the delay are the same in both directions; loss, bursts, reordering, jitter,
            duplication and corruption go from left to right, and with --both the other way too. When the standard input ends,
            so does the path, and what became of the packets is printed as JSON. A line of JSON on the standard input lays
            another path, e.g. {"forward": {"delay": "00:00:00.020", "loss": 0.01, "bitsPerSecond": 100000000,
            "queueBytes": 500000}, "backward": {"delay": "00:00:00.020"}, "seed": 1}; what it leaves out does nothing to the
            packets. It is answered with what the path before did, or with {"error": ...} where it describes none, and the path
            stays. An empty line only asks.
            """)
        {
            Left, Right, Device, LeftAddress, RightAddress,
        };
        Path.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var left = NetworkNamespace.Open(parsed.GetRequiredValue(Left));
        using var right = NetworkNamespace.Open(parsed.GetRequiredValue(Right));
        var device = new TunLinkSettings(parsed.GetRequiredValue(Device), []);
        using var emulator = PathEmulator.Open(left, right, device, Path.Read(parsed));
        SetAddresses(left, device.Name, parsed.GetValue(LeftAddress) ?? []);
        SetAddresses(right, device.Name, parsed.GetValue(RightAddress) ?? []);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync(cancellation) is { } line)
        {
            Console.WriteLine(await AnswerAsync(emulator, line));
        }

        Console.WriteLine(await AnswerAsync(emulator, ""));
    }

    private static async Task<string> AnswerAsync(PathEmulator emulator, string line)
    {
        try
        {
            var report = line.Length == 0 ? await emulator.ReportAsync() : await emulator.ReplaceAsync(PathLine.Parse(line));
            return JsonSerializer.Serialize(report, CommandJson.Default.PathReport);
        }
        catch (JsonException error)
        {
            var refusal = new PathRefusal($"The line does not describe a path, which stays as it is: {error.Message}");
            return JsonSerializer.Serialize(refusal, CommandJson.Default.PathRefusal);
        }
    }

    private static void SetAddresses(NetworkNamespace network, string device, string[] addresses)
    {
        foreach (var address in addresses)
        {
            string[] flags = address.Contains(':') ? ["nodad"] : [];
            network.Ip(["address", "add", address, "dev", device, .. flags]);
        }
    }
}
