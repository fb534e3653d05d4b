using System.CommandLine;
using System.Text.Json;
using ActorStack.Transport.Links;
using ActorStack.Transport.Links.Paths;
using ActorStack.Transport.Linux;

namespace ActorStack.CommandLine.Paths;

/// <summary>
/// The path emulator: joins two network namespaces by a path with the bandwidth, queue, delay and faults that are asked for. What becomes of
/// the packets is printed as one line of JSON at the end of the standard input; until then a line of JSON lays another path.
/// </summary>
internal static class PathCommand
{
    private static readonly Option<string> Left = new("--left")
    {
        Description = "Network namespace of the left end, e.g. /run/netns/a or /proc/PID/ns/net.",
        HelpName = "NETNS",
        Required = true,
    };

    private static readonly Option<string> Right = new("--right") { Description = "Network namespace of the right end.", HelpName = "NETNS", Required = true };

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

    private static readonly Option<string[]> RightAddress = new("--right-address") { Description = "An address of the right device.", HelpName = "ADDRESS/LENGTH" };

    private static readonly PathOptions Path = new();

    public static Command Create()
    {
        var command = new Command("path", """
            Join two network namespaces by an emulated path: real traffic, a TUN device at either end.

            The queue, the line's speed and the delay are the same in both directions; loss, bursts, reordering, jitter, duplication and
            corruption go from left to right, and with --both the other way too. When the standard input ends, so does the path, and what
            became of the packets is printed as JSON. A line of JSON on the standard input, {"forward": {...}, "backward": {...}, "seed": 1},
            lays another path; it is answered with what the one before did. An empty line only asks.
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
            Print(line.Length == 0
                ? await emulator.ReportAsync()
                : await emulator.ReplaceAsync(Parse(line)));
        }

        Print(await emulator.ReportAsync());
    }

    private static PathDescription Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, CommandJson.Default.PathDescription) ?? throw new JsonException("null is no path.");
        }
        catch (JsonException error)
        {
            throw new CommandException($"The line does not describe a path: {error.Message}", "Correct it; `actorstack path --help` shows the form.", ExitCodes.Failed);
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

    private static void Print(PathReport report) => Console.WriteLine(JsonSerializer.Serialize(report, CommandJson.Default.PathReport));
}
