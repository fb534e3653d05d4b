using System.ComponentModel;
using System.Diagnostics;

namespace ActorStack.Transport.Linux;

/// <summary>Runs <c>ip</c> and <c>nft</c>: to set something up, never per connection.</summary>
internal static class Tool
{
    /// <summary>Characters of a program's output that an error shows.</summary>
    private const int MostShown = 4_000;

    /// <summary>Runs a program to its end and returns its output. A failure throws with the program's error output.</summary>
    public static string Run(string name, IEnumerable<string> arguments, string? input = null) =>
        Run(Describe(name, arguments, input), Process.Start, input);

    public static string Run(ProcessStartInfo description, Func<ProcessStartInfo, Process?> start, string? input)
    {
        using var process = Start(description, start);
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null) Feed(process.StandardInput, input);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0) return output;
        var command = string.Join(' ', description.ArgumentList.Prepend(Path.GetFileName(description.FileName)));
        throw new LinuxException($"`{command}` failed with {process.ExitCode}: {End(errors.GetAwaiter().GetResult(), output)}");
    }

    /// <summary>
    /// A program that ended before it read all its input tells by its exit code and its errors whether that matters.
    /// </summary>
    private static void Feed(StreamWriter standardInput, string input)
    {
        try
        {
            standardInput.Write(input);
            standardInput.Close();
        }
        catch (IOException)
        {
            return;
        }
    }

    /// <summary>The end of the program's error output, or of its output where there are no errors.</summary>
    private static string End(string errors, string output)
    {
        var said = errors.AsSpan().Trim();
        if (said.IsEmpty) said = output.AsSpan().Trim();
        if (said.IsEmpty) return "it said nothing";
        return said.Length > MostShown ? $"... {said[^MostShown..]}" : said.ToString();
    }

    public static ProcessStartInfo Describe(string name, IEnumerable<string> arguments, string? input)
    {
        var path = LinuxSupport.FindTool(name)
            ?? throw new LinuxException(
                $"the program `{name}` is missing: install {(name == "nft" ? "nftables" : name == "ip" ? "iproute2" : name)}");
        return new ProcessStartInfo(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
        };
    }

    private static Process Start(ProcessStartInfo description, Func<ProcessStartInfo, Process?> start)
    {
        try
        {
            return start(description) ?? throw new LinuxException($"`{description.FileName}` did not start");
        }
        catch (Win32Exception error)
        {
            throw new LinuxException($"`{description.FileName}` can't be started: {error.Message}");
        }
    }
}
