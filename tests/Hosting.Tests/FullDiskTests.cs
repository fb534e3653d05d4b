using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>The built program with its journal on a disk of one megabyte that the test fills.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");
    private readonly Laboratory _lab = new();

    private string State => Path.Combine(_directory.FullName, "state");

    private string Socket => Path.Combine(_directory.FullName, "control.sock");

    public void Dispose()
    {
        _lab.Dispose();
        _directory.Delete(recursive: true);
    }

    [LinuxFact]
    public async Task A_move_is_refused_with_the_cause_and_goes_on_when_there_is_room()
    {
        using var service = await StartAsync();
        using var control = new ControlClient(Socket);
        using var client = await ConnectAsync();
        var id = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        Fill(service);
        (await ConnectAsync()).Dispose();
        await EventuallyAsync(async () => (await control.GetStatisticsAsync(Patience.Token())).JournalProblem is not null);

        var refused = await Assert.ThrowsAsync<CommandException>(() => control.OffloadAsync(id, "toe", Patience.Token()));
        Assert.StartsWith("The journal takes no writes: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("No space left on device", refused.Message);
        Assert.Equal($"Free space in {State}.", refused.WhatToDo);
        await new EchoExchange(client, seed: 1).RunAsync(100_000);

        File.Delete(Filling(service));
        await EventuallyAsync(async () => (await control.GetStatisticsAsync(Patience.Token())).JournalProblem is null);
        Assert.Equal("toe", (await control.OffloadAsync(id, "toe", Patience.Token())).To);
        await StopAsync(service);
        var log = await service.StandardError.ReadToEndAsync(Patience.Token());
        Assert.Single(log.Split('\n'), line => line.Contains("The journal takes no writes"));
    }

    /// <summary>The drain limit is longer than the test waits.</summary>
    [LinuxFact]
    public async Task The_stop_is_not_held_up_and_an_orderly_end_is_told_as_one()
    {
        using var service = await StartAsync("--drain", "600");
        using var before = await ConnectAsync();
        using var during = await ConnectAsync();
        Fill(service);
        before.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await before.ReceiveAsync(new byte[1], SocketFlags.None, Patience.Token()));

        Signal.Terminate(service.Id);
        Assert.Equal(0, await during.ReceiveAsync(new byte[1], SocketFlags.None, Patience.Token()));
        during.Close();
        await service.WaitForExitAsync(Patience.Token());

        Assert.Equal(0, service.ExitCode);
        var log = await service.StandardError.ReadToEndAsync(Patience.Token());
        Assert.Matches(@"The stack stopped: [12] connections closed, 0 reset", log);
        Assert.Contains("are not in the journal (No space left on device)", log);
    }

    private async Task<Process> StartAsync(params string[] arguments)
    {
        string[] serve =
        [
            Path.Combine(AppContext.BaseDirectory, "actorstack"), "serve", "--attached", "--tun", "as0",
            "--address", $"{Laboratory.VirtualAddress}/32", "--service", $"echo={Ports.Echo}", "--kernel", "off", "--toe",
            "required",
            "--state", State, "--control", Socket, .. arguments,
        ];
        var script = $"mkdir -p {State} && mount -t tmpfs -o size=1m none {State} && exec {string.Join(' ', serve)}";
        var service = _lab.Server.Start(new ProcessStartInfo("unshare", ["-m", "sh", "-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        Assert.StartsWith("ready", await service.StandardOutput.ReadLineAsync(Patience.Token()), StringComparison.Ordinal);
        return service;
    }

    private static async Task StopAsync(Process service)
    {
        service.StandardInput.Close();
        await service.WaitForExitAsync(Patience.Token());
    }

    private async Task<Socket> ConnectAsync()
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(Laboratory.VirtualAddress), Ports.Echo);
        var socket = _lab.Client.Run(() => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(endPoint, Patience.Token());
        await new EchoExchange(socket, seed: 1).RunAsync(1_000);
        return socket;
    }

    /// <summary>In the mount namespace of the service.</summary>
    private string Filling(Process service) => $"/proc/{service.Id}/root{State}/fill";

    private void Fill(Process service) => MountNamespace.Fill(Path.GetDirectoryName(Filling(service))!);

    private static async Task EventuallyAsync(Func<Task<bool>> look)
    {
        while (!await look()) await Task.Yield();
    }
}
