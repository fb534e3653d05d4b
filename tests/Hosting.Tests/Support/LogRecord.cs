using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>One entry of a log.</summary>
internal sealed record LogRecord(LogLevel Level, string Message, Exception? Error);
