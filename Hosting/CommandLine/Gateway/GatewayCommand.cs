using System.CommandLine;
using System.Runtime.InteropServices;
using ActorStack.CommandLine.Serve;
using ActorStack.Hosting;
using ActorStack.Hosting.Options;
using Microsoft.Extensions.Configuration;

namespace ActorStack.CommandLine.Gateway;

/// <summary>Runs a service whose only work is a gateway. It has the options of <c>serve</c>, and those of the gateway.</summary>
internal static class GatewayCommand
{
    private const string Name = "gateway";

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = GatewayOptionTable.Listen.Text,
        HelpName = "ADDRESS:PORT",
        Required = true,
    };

    private static readonly Option<string[]> To = new("--to")
    {
        Description = $"{GatewayOptionTable.Backends.Text} Several with commas between them; may be repeated.",
        HelpName = "ADDRESS:PORT[,...]",
    };

    private static readonly Option<GatewayBalance?> Balance = new("--balance")
    {
        Description = $"{GatewayOptionTable.Balance.Text} One of {GatewayOptionTable.Balance.TypeName}.",
    };

    private static readonly Option<string?> Source =
        new("--source") { Description = GatewayOptionTable.Source.Text, HelpName = "ADDRESS" };

    private static readonly Option<double?> ConnectTimeout = Seconds("--connect-timeout", GatewayOptionTable.ConnectTimeout);

    private static readonly Option<double?> IdleTimeout = Seconds("--idle-timeout", GatewayOptionTable.IdleTimeout);

    private static readonly Option<double?> CheckInterval = Seconds("--check-interval", GatewayOptionTable.CheckInterval);

    private static readonly Option<int?> MaximumConnections =
        new("--maximum-connections") { Description = GatewayOptionTable.MaximumConnections.Text, HelpName = "N" };

    private static readonly Option<int?> MaximumConnectionsPerSource = new("--maximum-connections-per-source")
    {
        Description = GatewayOptionTable.MaximumConnectionsPerSource.Text,
        HelpName = "N",
    };

    private static readonly Option<FileInfo?> Configuration = new("--configuration")
    {
        Description = $"A JSON file with section {GatewayOptions.SectionName}:{Name}, which is read again at SIGHUP.",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var command = new Command(Name, "Run a layer-4 gateway whose restart drops no connection.")
        {
            Listen, To, Balance, Source, ConnectTimeout, IdleTimeout, CheckInterval, MaximumConnections,
            MaximumConnectionsPerSource, Configuration,
        };
        ServeCommand.AddOptions(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            PosixSignalRegistration? reload = null;
            try
            {
                return await ServeCommand.RunAsync(parsed, Add, cancellation);
            }
            finally
            {
                reload?.Dispose();
            }

            void Add(ActorStackBuilder stack, ConfigurationManager configuration)
            {
                stack.AddGateway(Name, options => Configure(options, parsed));
                if (parsed.GetValue(Configuration) is not { } file) return;
                if (!file.Exists)
                    throw new CommandException($"There is no file {file.FullName}.", "Name a JSON file.", ExitCodes.CannotStart);
                Read(configuration, file);
                reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
                {
                    signal.Cancel = true;
                    Reload(configuration);
                });
            }
        });
        return command;
    }

    private static void Read(ConfigurationManager configuration, FileInfo file)
    {
        try
        {
            configuration.AddJsonFile(file.FullName, optional: true, reloadOnChange: false);
        }
        catch (InvalidDataException malformed)
        {
            throw new CommandException(malformed.Message, "Correct the file.", ExitCodes.CannotStart);
        }
    }

    private static void Reload(IConfigurationRoot configuration)
    {
        try
        {
            configuration.Reload();
        }
        catch (InvalidDataException malformed)
        {
            Console.Error.WriteLine($"The configuration stays as it is: {malformed.Message}");
        }
    }

    private static void Configure(GatewayOptions options, ParseResult parsed)
    {
        options.Listen = parsed.GetValue(Listen);
        foreach (var backend in (parsed.GetValue(To) ?? []).SelectMany(one => one.Split(','))) options.Backends.Add(backend);
        options.Balance = parsed.GetValue(Balance) ?? options.Balance;
        options.Source = parsed.GetValue(Source) ?? options.Source;
        options.ConnectTimeout = Time(ConnectTimeout) ?? options.ConnectTimeout;
        options.IdleTimeout = Time(IdleTimeout) ?? options.IdleTimeout;
        options.CheckInterval = Time(CheckInterval) ?? options.CheckInterval;
        options.MaximumConnections = parsed.GetValue(MaximumConnections) ?? options.MaximumConnections;
        options.MaximumConnectionsPerSource =
            parsed.GetValue(MaximumConnectionsPerSource) ?? options.MaximumConnectionsPerSource;

        TimeSpan? Time(Option<double?> option) =>
            parsed.GetValue(option) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static Option<double?> Seconds(string name, StackOption<TimeSpan> option) =>
        new(name) { Description = $"{option.Text} In seconds.", HelpName = "SECONDS" };
}
