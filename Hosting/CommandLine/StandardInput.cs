namespace ActorStack.CommandLine;

/// <summary>
/// Lets a command go on with its work while it waits for its standard input. Reading the console blocks, also where it is
/// asynchronous in name, so a thread of its own reads.
/// </summary>
internal static class StandardInput
{
    /// <summary>Cancelled at the next line, and at the end of the input.</summary>
    public static CancellationToken NextLine() => CancelAfter(static input => input.ReadLine());

    /// <summary>Cancelled at the end of the input.</summary>
    public static CancellationToken End() => CancelAfter(static input =>
    {
        while (input.ReadLine() is not null) ;
    });

    /// <summary>
    /// The source is never disposed: the input may come when the command has long done its work, and a thread that then met a
    /// disposed source would end the process. Without a timer the source holds nothing that has to be given back.
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

    /// <summary>An input that cannot be read, as that of a terminal that is gone, is an input that has ended.</summary>
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
