using Akka.Actor;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using AkkaLogLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorStack.Hosting;

/// <summary>
/// Akka's log in the host's: every error once, with its stack once. (The logger of Akka.Hosting writes an exception into the
/// message and hands it over beside it, so that it stands in the log twice.)
/// </summary>
internal sealed class HostLogger : LoggerFactoryLogger
{
    private readonly ILogger _log =
        Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory.CreateLogger<ActorSystem>();

    protected override void Log(LogEvent log, ActorPath path)
    {
        if (Format(log.Message) is { } message)
            _log.Log(LevelOf(log), log.Cause, "[{LogSource}] {Message}", log.LogSource, message);
        else
            base.Log(log, path);
    }

    /// <summary>Null: format and arguments do not fit, which the base class knows how to tell.</summary>
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

    /// <summary>What Akka itself finds worth an information, such as the reason of a shutdown, is a detail here.</summary>
    private static LogLevel LevelOf(LogEvent log) => log.LogLevel() switch
    {
        AkkaLogLevel.DebugLevel => LogLevel.Debug,
        AkkaLogLevel.InfoLevel when log.LogClass.Assembly == typeof(ActorSystem).Assembly => LogLevel.Debug,
        AkkaLogLevel.InfoLevel => LogLevel.Information,
        AkkaLogLevel.WarningLevel => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
