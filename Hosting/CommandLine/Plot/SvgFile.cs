namespace ActorStack.CommandLine.Plot;

/// <summary>Writes drawings.</summary>
internal static class SvgFile
{
    public static void Write(string path, string svg)
    {
        try
        {
            File.WriteAllText(path, svg);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(error.Message, "Name an output that can be written.", ExitCodes.Failed);
        }
    }
}
