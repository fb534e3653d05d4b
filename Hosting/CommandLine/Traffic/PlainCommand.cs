using System.CommandLine;
using System.Net;
using System.Text.Json;
using ActorStack.CommandLine.Serve;

namespace ActorStack.CommandLine.Traffic;

/// <summary>The reference of the benchmarks: the same services on plain .NET sockets.</summary>
internal static class PlainCommand
{
    private static readonly Option<string> Address = new("--address") { Required = true };
    private static readonly Option<ServiceArgument[]> Service = new("--service") { CustomParser = ServiceArgument.Parse };

    private static readonly Option<string?> Congestion = new("--congestion");

    public static Command Create()
    {
        var command = new Command("plain", "Serve on plain .NET sockets.") { Address, Service, Congestion };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            var address = IPAddress.Parse(parsed.GetRequiredValue(Address));
            var congestion = parsed.GetValue(Congestion);
            PlainServer[] servers =
            [
                .. parsed.GetValue(Service)!.Select(
                    service => new PlainServer(service.Name, new IPEndPoint(address, service.Port), congestion)),
            ];
            Console.WriteLine("ready");

            // Each line requests a memory report; the end of the input ends the command.
            while (await Console.In.ReadLineAsync(cancellation) is not null)
                Console.WriteLine(JsonSerializer.Serialize(MemoryReport.Take(), CommandJson.Default.MemoryReport));
            foreach (var server in servers) server.Dispose();
        });
        return command;
    }
}
