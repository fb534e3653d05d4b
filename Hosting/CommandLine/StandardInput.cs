namespace ActorStack.CommandLine;

/// <summary>
/// Reads the standard input on a thread of its own, so that a command continues its work meanwhile. Even the asynchronous
/// methods of the console block.
/// </summary>
internal static class StandardInput
{
    /// <summary>Cancelled at the next line, or at the end of the input.</summary>
    public static CancellationToken NextLine() => CancelAfter(static input => input.ReadLine());

    /// <summary>Cancelled at the end of the input.</summary>
    public static CancellationToken End() => CancelAfter(static input =>
    {
        while (input.ReadLine() is not null) ;
    });

    /// <summary>
    /// The source is never disposed, because the input may arrive long after the command has ended, and a disposed source would
    /// then end the process by an exception. Without a timer the source holds no resources.
    /// </summary>
    private static CancellationToken CancelAfter(Action<TextReader> read)
    {
        var source = new CancellationTokenSource();
        new Thread(() =>
        {
            ReadToEvent(read);
            source.Cancel();
        })
        {
            IsBackground = true,
            Name = "standard input",
        }.Start();
        return source.Token;
    }

    /// <summary>Runs the reader. An input that cannot be read, as that of a closed terminal, counts as ended.</summary>
    private static void ReadToEvent(Action<TextReader> read)
    {
        try
        {
            read(Console.In);
        }
        catch (IOException)
        {
            return;
        }
    }
}
