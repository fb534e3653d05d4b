using ActorStack.Hosting.Telemetry;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using AkkaLogLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorStack.Hosting;

/// <summary>
/// Writes Akka's log into the host's log, each error and its stack trace once. (The logger of Akka.Hosting puts an exception
/// into the message and also passes it, so that the log has it twice.)
/// </summary>
internal sealed class HostLogger : LoggerFactoryLogger
{
    private readonly ILogger _log =
        Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory.CreateLogger<ActorSystem>();

    protected override void Log(LogEvent log, ActorPath path)
    {
        if (Format(log.Message) is { } message)
            _log.Actor(LevelOf(log), log.Cause, log.LogSource, message);
        else
            base.Log(log, path);
    }

    /// <summary>Formats the message. Null: format and arguments do not match, which the base class reports.</summary>
    private static string? Format(object message)
    {
        try
        {
            return message.ToString();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// The level of a message. Informational messages of Akka itself, such as the reason of a shutdown, are debug messages
    /// here.
    /// </summary>
    private static LogLevel LevelOf(LogEvent log) => log.LogLevel() switch
    {
        AkkaLogLevel.DebugLevel => LogLevel.Debug,
        AkkaLogLevel.InfoLevel when log.LogClass.Assembly == typeof(ActorSystem).Assembly => LogLevel.Debug,
        AkkaLogLevel.InfoLevel => LogLevel.Information,
        AkkaLogLevel.WarningLevel => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
