using System.Diagnostics;
using ActorStack.CommandLine;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests;

/// <summary>What a newcomer meets where something is missing: a clear message, an exit code, and nothing left behind.</summary>
public sealed class StartFailureTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("connections")]
    [InlineData("stats")]
    [InlineData("upload 1-1")]
    [InlineData("migrations 1-1")]
    [InlineData("offload 1-1 --engine kernel")]
    public async Task Without_a_service_a_command_says_how_to_start_one(string command)
    {
        var (_, errors) = await RunAsync(ExitCodes.NoService, [Program, .. command.Split(' '), "--control", Socket]);
        Assert.Contains(Socket, errors);
        Assert.Contains("actorstack serve", errors);
    }

    [Theory]
    [InlineData("--service nonsense=7", "echo, discard, chargen")]
    [InlineData("--service echo=70000", "1 to 65535")]
    [InlineData("--service echo", "echo=7")]
    public async Task A_service_that_does_not_exist_is_a_usage_error(string arguments, string hint)
    {
        var (_, errors) = await RunAsync(ExitCodes.Failed, [Program, "serve", .. arguments.Split(' '), "--control", Socket]);
        Assert.Contains(hint, errors);
    }

    [LinuxFact]
    public Task A_port_of_two_services_is_in_use() =>
        AssertRefusedAsync(Serve("--service", "echo=7", "--service", "discard=7"), "Port 7 is in use", "a port of its own");

    [LinuxFact]
    public Task An_address_of_the_host_is_refused() =>
        AssertRefusedAsync(["sh", "-c", $"ip address add 10.9.0.1/24 dev lo && exec {string.Join(' ', Serve())}"], "10.9.0.1",
            "belongs to this host");

    [LinuxFact]
    public Task An_address_that_cannot_be_routed_is_refused() =>
        AssertRefusedAsync(Serve("--address", "224.0.0.5/32"), "224.0.0.5/32 is not routable", "unicast");

    [LinuxFact]
    public async Task What_akka_hocon_says_is_checked_before_the_device_is_made()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "akka.hocon"), "actorstack.mtu = 100", Patience.Token());
        await AssertRefusedAsync(
            ["sh", "-c", $"cd {_directory.FullName} && exec {string.Join(' ', Serve())}"], "actorstack.mtu is '100'",
            "from 576 to 65535");
    }

    [LinuxFact]
    public Task A_device_that_is_in_use_is_refused() =>
        AssertRefusedAsync(["sh", "-c", $"ip link add as0 type veth peer name as1 && exec {string.Join(' ', Serve())}"],
            "as0 is in use", "choose another name");

    [LinuxFact]
    public Task Without_CAP_NET_ADMIN_the_message_names_it() =>
        AssertRefusedAsync(
            ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin", .. Serve()], "CAP_NET_ADMIN", "run as root");

    [LinuxFact]
    public Task Without_TUN_the_message_names_it() =>
        AssertRefusedAsync(Hiding("mount -t tmpfs none /dev/net"), "/dev/net/tun is missing", "modprobe tun");

    [LinuxFact]
    public Task Without_nft_a_required_kernel_engine_is_missed() =>
        AssertRefusedAsync(Hiding(WithoutNft, "--kernel", "required"), "`nft` is missing", "install nftables");

    [LinuxFact]
    public Task A_state_directory_on_a_read_only_file_system_is_told_as_such_whatever_a_stale_file_says() => AssertRefusedAsync(
        Hiding($"{OnMemory("1m")} && echo 1 > $T/state/pid && : > $T/state/lock && mount -o remount,ro $T/state", State),
        "Read-only file system", "choose another directory");

    [LinuxFact]
    public Task A_state_directory_on_a_full_disk_is_told_as_such() => AssertRefusedAsync(
        Hiding($"{OnMemory("64k")}; head -c 1M /dev/zero > $T/state/fill || true", State),
        "No space left on device", "Free space in");

    [LinuxFact]
    public Task A_disk_that_holds_an_empty_journal_and_no_more_is_told_as_such() => AssertRefusedAsync(
        Hiding(OnMemory("40k"), State), "No space left on device", "Free space in");

    [LinuxFact]
    public async Task A_malformed_akka_hocon_is_told_with_its_path()
    {
        var hocon = Path.Combine(_directory.FullName, "akka.hocon");
        await File.WriteAllTextAsync(hocon, "actorstack.tun = ${nowhere}", Patience.Token());
        await AssertRefusedAsync(
            ["sh", "-c", $"cd {_directory.FullName} && exec {string.Join(' ', Serve())}"],
            $"{hocon} cannot be read", "Correct the file");
    }

    [LinuxFact]
    public async Task A_host_of_the_library_ends_with_one_line_and_an_exit_code()
    {
        using var network = NetworkNamespace.Create("refused");
        network.Ip("link", "add", "as0", "type", "veth", "peer", "name", "as1");
        var (output, errors) = await RunAsync(ExitCodes.CannotStart, [Sample, .. SampleArguments], network);
        var line = Assert.Single((output + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("as0 is in use", line);
        Assert.Contains("choose another name", line);
    }

    [LinuxTheory]
    [InlineData("--ActorStack:Addresses:0=nonsense", "nonsense")]
    [InlineData("--ActorStack:Mtu=1", "Mtu is '1'")]
    [InlineData("--ActorStack:StateDirectory=/proc/self/task", "is not writable")]
    [InlineData("--control=/proc/no-such/control.sock", "/proc/no-such/control.sock")]
    public async Task Whatever_keeps_a_host_of_the_library_from_starting_is_one_line(string argument, string hint)
    {
        using var network = NetworkNamespace.Create("refused");
        var (output, errors) = await RunAsync(ExitCodes.CannotStart, [Sample, .. SampleArguments, argument], network);
        Assert.Contains(hint, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.DoesNotContain("   at ", output);
    }

    [LinuxFact]
    public async Task Without_nft_the_service_starts_without_the_kernel_engine_and_says_so()
    {
        using var network = NetworkNamespace.Create("no nft");
        using var service = network.Start(Describe(Hiding(WithoutNft, "--attached")));
        Assert.StartsWith("ready", await service.StandardOutput.ReadLineAsync(Patience.Token()), StringComparison.Ordinal);
        service.StandardInput.Close();
        var log = await service.StandardError.ReadToEndAsync(Patience.Token());
        Assert.Contains("engine kernel is absent", log);
        Assert.Contains("install nftables", log);
    }

    private static readonly string[] State = ["--state", "$T/state"];

    private static readonly string[] SampleArguments = ["--ActorStack:Tun=as0", "--ActorStack:Addresses:0=10.9.0.1/32"];

    private static string Sample => Path.Combine(AppContext.BaseDirectory, "tls-sample");

    private static string Program => Path.Combine(AppContext.BaseDirectory, "actorstack");

    private string Socket => Path.Combine(_directory.FullName, "control.sock");

    /// <summary>In a mount namespace of its own, every directory with nft is covered by one that lacks it.</summary>
    private static string WithoutNft =>
        """
        mkdir -p "$T/bin" && cp -L "$(command -v ip)" "$T/bin/ip" &&
        for d in /usr/sbin /usr/bin /usr/local/sbin /usr/local/bin; do
          if [ -e "$d/nft" ]; then mount --bind "$T/bin" "$d"; fi
        done
        """;

    /// <summary>A state directory in memory.</summary>
    private static string OnMemory(string size) => $"mkdir $T/state && mount -t tmpfs -o size={size} none $T/state";

    private string[] Serve(params string[] arguments) =>
        [Program, "serve", "--tun", "as0", "--address", "10.9.0.1/32", "--control", Socket, .. arguments];

    private string[] Hiding(string preparation, params string[] arguments) =>
        ["unshare", "-m", "sh", "-c", $"T={_directory.FullName}; {preparation}; exec {string.Join(' ', Serve(arguments))}"];

    private async Task AssertRefusedAsync(string[] command, params string[] hints)
    {
        using var network = NetworkNamespace.Create("refused");
        var (output, errors) = await RunAsync(ExitCodes.CannotStart, command, network);
        Assert.All(hints, hint => Assert.Contains(hint, errors));
        Assert.Empty(output);
        Assert.DoesNotContain("   at ", errors);
        Assert.False(File.Exists(Socket));
        Assert.Empty(network.Execute("nft", "list", "ruleset"));
        Assert.DoesNotContain("tun", network.Ip("-details", "link", "show", "type", "tun"));
    }

    private static async Task<(string Output, string Errors)> RunAsync(
        int code, string[] command, NetworkNamespace? network = null)
    {
        using var process = network is null ? Process.Start(Describe(command))! : network.Start(Describe(command));
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Patience.Token());
        var errors = process.StandardError.ReadToEndAsync(Patience.Token());
        await process.WaitForExitAsync(Patience.Token());
        var (said, complained) = (await output, await errors);
        Assert.True(process.ExitCode == code, $"ended with {process.ExitCode}: {said}{complained}");
        return (said, complained);
    }

    private static ProcessStartInfo Describe(string[] command) => new(command[0], command[1..])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
