using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using ActorStack.Hosting;
using ActorStack.Hosting.Cluster;
using ActorStack.Hosting.Control;
using ActorStack.Hosting.Dashboard;
using ActorStack.Hosting.Options;
using ActorStack.Transport.Tcp.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ActorStack.CommandLine.Serve;

/// <summary>
/// Runs the stack with built-in services as a generic host, in the current network namespace, until SIGTERM or SIGINT arrives.
/// </summary>
internal static class ServeCommand
{
    private static readonly IPEndPoint DefaultDashboard = new(IPAddress.Loopback, 7979);

    private static readonly Option<string> Tun = new("--tun") { Description = StackOptionTable.Tun.Text, HelpName = "NAME" };

    private static readonly Option<string[]> Address = new("--address")
    {
        Description = $"{StackOptionTable.Addresses.Text} May be repeated.",
        HelpName = "ADDRESS/LENGTH",
    };

    private static readonly Option<ServiceArgument[]> Service = new("--service")
    {
        Description = "A built-in service and its port, e.g. echo=7 or echo=7,congestion=reno,tcp-nodelay=off; may be repeated. "
            + $"Services: {ServiceArgument.Names}; relay needs to=ADDRESS:PORT. Socket options: {SocketOptionReader.Names}.",
        HelpName = "NAME=PORT[,congestion=NAME][,backlog=N][,concurrency=N][,to=ADDRESS:PORT][,OPTION=VALUE]",
        CustomParser = ServiceArgument.Parse,
    };

    private static readonly Option<string> Congestion = new("--congestion")
    {
        Description = $"{StackOptionTable.Congestion.Text} One of {StackOptionTable.Congestion.TypeName}.",
        HelpName = "NAME",
    };

    private static readonly Option<EcnMode?> Ecn = new("--ecn") { Description = StackOptionTable.Ecn.Text };

    private static readonly Option<bool?> Pacing =
        new("--pacing") { Description = StackOptionTable.Pacing.Text, HelpName = "true|false" };

    private static readonly Option<string> State =
        new("--state") { Description = StackOptionTable.StateDirectory.Text, HelpName = "DIR" };

    private static readonly Option<JournalProvider?> Journal = new("--journal")
    {
        Description = $"{StackOptionTable.JournalProvider.Text} Its connection string comes from the environment variable "
            + "ActorStack__Journal__ConnectionString or from akka.hocon.",
    };

    private static readonly Option<int?> Mtu = new("--mtu") { Description = StackOptionTable.Mtu.Text };

    private static readonly Option<string> Node = new("--node") { Description = StackOptionTable.Node.Text, HelpName = "NAME" };

    private static readonly Option<int?> Loops = new("--loops") { Description = StackOptionTable.Loops.Text, HelpName = "N" };

    private static readonly Option<EngineMode?> Kernel = new("--kernel") { Description = StackOptionTable.Kernel.Text };

    private static readonly Option<EngineMode?> Toe = new("--toe") { Description = StackOptionTable.Toe.Text };

    private static readonly Option<int?> ToeCapacity = new("--toe-capacity") { Description = StackOptionTable.ToeCapacity.Text };

    private static readonly Option<bool> ToeFaults =
        new("--toe-faults") { Description = "Let POST /toe/faults make the emulated TOE fail." };

    private static readonly Option<double?> Drain = new("--drain")
    {
        Description = $"{StackOptionTable.DrainLimit.Text} In seconds.",
        HelpName = "SECONDS",
    };

    private static readonly Option<double?> MigrationTimeout = new("--migration-timeout")
    {
        Description = $"{StackOptionTable.MigrationTimeout.Text} In seconds.",
        HelpName = "SECONDS",
    };

    private static readonly Option<string?> Trace =
        new("--trace") { Description = StackOptionTable.TraceDirectory.Text, HelpName = "DIR" };

    private static readonly Option<string[]> TraceService = new("--trace-service")
    {
        Description = $"{StackOptionTable.TraceServices.Text} May be repeated.",
        HelpName = "NAME",
    };

    private static readonly Option<IPEndPoint?> Dashboard = new("--dashboard")
    {
        Description = $"Serve a page that shows live where every connection runs, at this address (default: {DefaultDashboard}).",
        HelpName = "ADDRESS:PORT",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = ParseDashboard,
    };

    private static readonly Option<bool> DashboardActions = new("--dashboard-actions")
    {
        Description = "Let that page move connections, under the address with a secret that the service prints.",
    };

    private static readonly Option<bool> TakeOver = new("--take-over")
    {
        Description = "Take over the connections of the service that runs with the same control socket; it ends then.",
    };

    private static readonly Option<bool> Background = new("--background")
    {
        Description = "Start the service as a process of its own, and end when it serves.",
    };

    private static readonly Option<double?> Linger = new("--linger")
    {
        Description = $"{StackOptionTable.TakeOverLinger.Text} In seconds.",
        HelpName = "SECONDS",
    };

    private static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "Be a node of a cluster, which the other nodes reach at this address.",
        HelpName = "HOST:PORT",
    };

    private static readonly Option<string[]> Seed = new("--seed")
    {
        Description = $"{StackOptionTable.ClusterSeedNodes.Text} May be repeated.",
        HelpName = "HOST:PORT",
    };

    private static readonly Option<string?> Steering =
        new("--steering") { Description = StackOptionTable.ClusterSteering.Text, HelpName = "ADDRESS" };

    private static readonly Option<string?> Secret =
        new("--cluster-secret") { Description = StackOptionTable.ClusterSecretFile.Text, HelpName = "FILE" };

    private static readonly Option<string?> Certificate =
        new("--cluster-certificate") { Description = StackOptionTable.ClusterCertificate.Text, HelpName = "FILE" };

    private static readonly Option<string?> Key =
        new("--cluster-key") { Description = StackOptionTable.ClusterKey.Text, HelpName = "FILE" };

    private static readonly Option<string?> Authority =
        new("--cluster-authority") { Description = StackOptionTable.ClusterAuthority.Text, HelpName = "FILE" };

    private static readonly Option<bool> Diagnostics = new("--diagnostics") { Description = "Serve GET /memory.", Hidden = true };

    private static readonly Option<bool> Attached =
        new("--attached") { Description = "End when the standard input does.", Hidden = true };

    private static readonly Option<string> Control = ControlPath.Option();

    public static Command Create()
    {
        var command = new Command("serve", "Run the stack as a service in the current network namespace.");
        AddOptions(command);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, Nothing, cancellation));
        return command;
    }

    /// <summary>Adds the options of a service to a command that runs one.</summary>
    public static void AddOptions(Command command)
    {
        Option[] options =
        [
            Tun, Address, Service, Congestion, Ecn, Pacing, State, Journal, Control, Mtu, Loops, Node, Kernel, Toe, ToeCapacity,
            ToeFaults, Drain, MigrationTimeout, Trace, TraceService, Dashboard, DashboardActions,
            TakeOver, Background, Linger, Cluster, Seed, Steering,
            Secret, Certificate, Key, Authority, Diagnostics, Attached,
        ];
        foreach (var option in options) command.Add(option);
    }

    /// <summary>Runs the service that a command line asks for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="more">What is added to the service and its configuration.</param>
    /// <param name="cancellation">Ends the service.</param>
    public static async Task<int> RunAsync(
        ParseResult parsed, Action<ActorStackBuilder, ConfigurationManager> more, CancellationToken cancellation)
    {
        if (parsed.GetValue(Background)) return await BackgroundStart.RunAsync(Background.Name, cancellation);
        var host = Build(parsed, more);

        // Disposing after a failed start also releases the system's resources that some services already hold.
        await using var disposal = (IAsyncDisposable)host;
        await host.StartAsync(cancellation);
        var services = parsed.GetValue(Service) ?? [];
        var names = string.Join(", ", services.Select(service => service.ToString()));
        var page = host.Services.GetService<DashboardService>() is { } dashboard ? $"; dashboard {dashboard.Url}" : "";
        Console.WriteLine($"ready: {names}; control socket {parsed.GetRequiredValue(Control)}{page}");
        var input = parsed.GetValue(Attached) ? StandardInput.End() : CancellationToken.None;
        await using var registration = input.Register(
            host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication);
        try
        {
            await host.WaitForShutdownAsync(cancellation);
            return 0;
        }
        catch (StackFailedException)
        {
            return ExitCodes.LinkLost; // the log has the reason
        }
    }

    /// <summary>
    /// The service reads its configuration once. The host's default is to watch the current directory, with all that is below it.
    /// </summary>
    private static ConfigurationManager StaticConfiguration()
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection([new("hostBuilder:reloadConfigOnChange", "false")]);
        return configuration;
    }

    private static void Nothing(ActorStackBuilder stack, ConfigurationManager configuration)
    {
    }

    private static IHost Build(ParseResult parsed, Action<ActorStackBuilder, ConfigurationManager> more)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = [],
            Configuration = StaticConfiguration(),
            ContentRootPath = Environment.CurrentDirectory,
            ApplicationName = "actorstack",
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Akka", LogLevel.Warning);

        // The command prints the reason why the host cannot start as its own error.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);

        var stack = builder.Services.AddActorStack(options => Configure(options, parsed))
            .AddSqliteJournal().AddPostgreSqlJournal();
        foreach (var service in parsed.GetValue(Service) ?? [])
            stack.AddConnectionHandler(service.HandlerType, service.Name, service.Port, service.Configure);
        more(stack, builder.Configuration);
        builder.Services.AddSingleton(new RelayTargets(parsed.GetValue(Service) ?? []));
        if (parsed.GetValue(ToeFaults)) builder.Services.AddSingleton<IControlEndpoints, ToeFaultsEndpoint>();
        if (parsed.GetValue(Diagnostics)) builder.Services.AddSingleton<IControlEndpoints, MemoryEndpoint>();
        stack.AddControlSocket(parsed.GetRequiredValue(Control));
        if (parsed.GetValue(Dashboard) is { } page) stack.AddDashboard(page, parsed.GetValue(DashboardActions));
        return builder.Build();
    }

    /// <summary>An option without a value stands for the default; one that is absent gives null.</summary>
    private static IPEndPoint? ParseDashboard(ArgumentResult argument)
    {
        if (argument.Tokens.Count == 0) return DefaultDashboard;
        var text = argument.Tokens[0].Value;
        if (IPEndPoint.TryParse(text, out var address) && address.Port > 0) return address;
        argument.AddError($"--dashboard is '{text}'. Write an address and a port, such as {DefaultDashboard}.");
        return null;
    }

    private static void Configure(ActorStackOptions options, ParseResult parsed)
    {
        options.Tun = parsed.GetValue(Tun) ?? options.Tun;
        options.Node = parsed.GetValue(Node) ?? options.Node;
        options.StateDirectory = parsed.GetValue(State) ?? options.StateDirectory;
        options.Journal.Provider = parsed.GetValue(Journal) ?? options.Journal.Provider;
        options.Congestion = parsed.GetValue(Congestion) ?? options.Congestion;
        options.Ecn = parsed.GetValue(Ecn) ?? options.Ecn;
        options.Pacing = parsed.GetValue(Pacing) ?? options.Pacing;
        options.TraceDirectory = parsed.GetValue(Trace) ?? options.TraceDirectory;
        foreach (var service in parsed.GetValue(TraceService) ?? []) options.TraceServices.Add(service);
        options.Mtu = parsed.GetValue(Mtu) ?? options.Mtu;
        options.Loops = parsed.GetValue(Loops) ?? options.Loops;
        options.Kernel = parsed.GetValue(Kernel) ?? options.Kernel;
        options.Toe = parsed.GetValue(Toe) ?? options.Toe;
        options.ToeCapacity = parsed.GetValue(ToeCapacity) ?? options.ToeCapacity;
        if (parsed.GetValue(Drain) is { } seconds) options.DrainLimit = TimeSpan.FromSeconds(seconds);
        if (parsed.GetValue(MigrationTimeout) is { } step) options.MigrationTimeout = TimeSpan.FromSeconds(step);
        Configure(options.TakeOver, parsed);
        Configure(options.Cluster, parsed);
        if (parsed.GetValue(Address) is { Length: > 0 } addresses)
        {
            options.Addresses.Clear();
            foreach (var address in addresses) options.Addresses.Add(address);
        }
    }

    private static void Configure(TakeOverOptions options, ParseResult parsed)
    {
        options.Enabled = parsed.GetValue(TakeOver) ? true : options.Enabled;
        options.Socket ??= $"{parsed.GetRequiredValue(Control)}.next";
        if (parsed.GetValue(Linger) is { } seconds) options.Linger = TimeSpan.FromSeconds(seconds);
    }

    private static void Configure(ClusterOptions options, ParseResult parsed)
    {
        if (parsed.GetValue(Cluster) is { } own)
        {
            if (!NodeAddress.TryParse(own, out var address))
                throw new CommandException($"--cluster is '{own}'.", NodeAddress.WhatToDo, ExitCodes.CannotStart);
            (options.Enabled, options.Host, options.Port) = (true, address.Host, address.Port);
        }

        if (parsed.GetValue(Seed) is { Length: > 0 } seeds)
        {
            options.SeedNodes.Clear();
            foreach (var seed in seeds) options.SeedNodes.Add(seed);
        }

        options.Steering = parsed.GetValue(Steering) ?? options.Steering;
        options.SecretFile = parsed.GetValue(Secret) ?? options.SecretFile;
        options.Tls.Certificate = parsed.GetValue(Certificate) ?? options.Tls.Certificate;
        options.Tls.Key = parsed.GetValue(Key) ?? options.Tls.Key;
        options.Tls.Authority = parsed.GetValue(Authority) ?? options.Tls.Authority;
    }
}
