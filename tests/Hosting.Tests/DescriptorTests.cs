using System.Diagnostics;
using System.Net.Sockets;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>A service that may not have as many files open as it would like.</summary>
public sealed class DescriptorTests
{
    private const int Limit = 450;

    [LinuxFact]
    public async Task Connections_in_the_kernel_leave_descriptors_for_the_rest_and_the_stop_leaves_nothing_behind()
    {
        using var lab = new Laboratory();
        var before = lab.Server.Fingerprint();
        using var service = Start(lab, Limit);
        Assert.StartsWith("ready", await service.StandardOutput.ReadLineAsync(Patience.Token()), StringComparison.Ordinal);
        var errors = service.StandardError.ReadToEndAsync(Patience.Token());
        var clients = new List<Socket>();
        for (var i = 0; i < Limit; i++) clients.Add(await ConnectAsync(lab));

        CommandException? refusal = null;
        foreach (var connection in await lab.EstablishedAsync(Patience.Token()))
        {
            refusal = await RefusalAsync(lab, connection.Id);
            if (refusal is not null) break;
        }

        Assert.Contains("file descriptors", refusal?.Message);
        Assert.Contains("LimitNOFILE", refusal?.Message);
        await StopAsync(service);
        Assert.Equal(before, lab.Server.Fingerprint());
        Assert.Contains("The process may have 450 files open", await errors);
        clients.ForEach(client => client.Dispose());
    }

    [LinuxFact]
    public async Task A_control_socket_that_many_hold_open_leaves_descriptors_for_the_rest_and_the_stop_leaves_nothing_behind()
    {
        using var lab = new Laboratory();
        var before = lab.Server.Fingerprint();
        using var service = Start(lab, Limit);
        Assert.StartsWith("ready", await service.StandardOutput.ReadLineAsync(Patience.Token()), StringComparison.Ordinal);
        _ = service.StandardError.ReadToEndAsync(Patience.Token());
        using var client = await ConnectAsync(lab);
        await new EchoExchange(client, seed: 1).RunAsync(10_000);
        Assert.Null(await RefusalAsync(lab, Assert.Single(await lab.EstablishedAsync(Patience.Token())).Id));

        // Whoever may open the control socket holds more connections than there are descriptors.
        var holders = Enumerable.Range(0, Limit).Select(_ => TryConnectControl(lab)).OfType<Socket>().ToList();
        await new EchoExchange(client, seed: 2).RunAsync(10_000);
        await StopAsync(service);
        Assert.Equal(before, lab.Server.Fingerprint());
        holders.ForEach(holder => holder.Dispose());
    }

    [LinuxFact]
    public async Task Too_low_a_limit_is_told_at_the_start_with_what_to_raise()
    {
        using var lab = new Laboratory();
        var before = lab.Server.Fingerprint();
        using var service = Start(lab, limit: 250);
        var errors = await service.StandardError.ReadToEndAsync(Patience.Token());
        await service.WaitForExitAsync(Patience.Token());
        Assert.Equal(ExitCodes.CannotStart, service.ExitCode);
        Assert.Contains("The process may have 250 files open", errors);
        Assert.Contains("LimitNOFILE", errors);
        Assert.Equal(before, lab.Server.Fingerprint());
    }

    private static Process Start(Laboratory lab, int limit)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "actorstack");
        var serve = $"serve --tun as0 --address {Laboratory.VirtualAddress}/32 --service echo={Ports.Echo} --drain 5 --control "
            + $"{lab.ControlSocket}";
        return lab.Server.Start(new ProcessStartInfo("sh", ["-c", $"ulimit -n {limit}; exec {program} {serve}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
    }

    /// <summary>Null where as many wait to be accepted as may.</summary>
    private static Socket? TryConnectControl(Laboratory lab)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(lab.ControlSocket));
            return socket;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.WouldBlock)
        {
            socket.Dispose();
            return null;
        }
    }

    private static async Task<Socket> ConnectAsync(Laboratory lab)
    {
        var socket = lab.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(Laboratory.VirtualAddress, Ports.Echo, Patience.Token());
        return socket;
    }

    /// <summary>Null: the connection moved.</summary>
    private static async Task<CommandException?> RefusalAsync(Laboratory lab, string id)
    {
        try
        {
            await lab.Control.OffloadAsync(id, "kernel", Patience.Token());
            return null;
        }
        catch (CommandException refused)
        {
            return refused;
        }
    }

    private static async Task StopAsync(Process service)
    {
        Signal.Terminate(service.Id);
        await service.WaitForExitAsync(Patience.Token());
        Assert.Equal(0, service.ExitCode);
    }
}
