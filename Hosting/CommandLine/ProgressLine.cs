using System.Diagnostics;

namespace ActorStack.CommandLine;

/// <summary>
/// One line that tells how far a long command is, on the standard error of a terminal. A pipe or a file gets none, because it
/// would keep every state of the line.
/// </summary>
internal sealed class ProgressLine(TextWriter output, bool isTerminal)
{
    private const string Erase = "\r\u001b[K";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The line of this process.</summary>
    public static ProgressLine Open() => new(Console.Error, !Console.IsErrorRedirected);

    /// <summary>Awaits work. Meanwhile the line tells once a second how it stands, and then it vanishes.</summary>
    /// <param name="work">The work, which has begun.</param>
    /// <param name="tell">The text after so much time. Where it throws, the line stays as it is.</param>
    public async Task<T> WatchAsync<T>(Task<T> work, Func<TimeSpan, Task<string>> tell)
    {
        if (!isTerminal) return await work;
        var begin = Stopwatch.GetTimestamp();
        try
        {
            while (await Task.WhenAny(work, Task.Delay(Interval)) != work)
            {
                try
                {
                    output.Write($"{Erase}{await tell(Stopwatch.GetElapsedTime(begin))}");
                }
                catch (CommandException)
                {
                    // The service does not answer this time; the work itself tells where that is an error.
                }
            }

            return await work;
        }
        finally
        {
            output.Write(Erase);
        }
    }

    /// <summary>The same for work of which only the time is known that it takes about.</summary>
    public Task<T> WatchAsync<T>(Task<T> work, TimeSpan time) => WatchAsync(
        work, elapsed => Task.FromResult($"{elapsed.TotalSeconds:0} s of about {time.TotalSeconds:0} s"));
}
