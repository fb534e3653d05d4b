using System.ComponentModel;
using System.Diagnostics;

namespace ActorStack.Transport.Linux;

/// <summary>Runs <c>ip</c> and <c>nft</c>: to set something up, never per connection.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end and returns what it printed; a failure throws with what it complained of.</summary>
    public static string Run(string name, IEnumerable<string> arguments, string? input = null) =>
        Run(Describe(name, arguments, input), Process.Start, input);

    public static string Run(ProcessStartInfo description, Func<ProcessStartInfo, Process?> start, string? input)
    {
        using var process = Start(description, start);
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0) return output;
        var command = string.Join(' ', description.ArgumentList.Prepend(Path.GetFileName(description.FileName)));
        throw new LinuxException($"`{command}` failed: {errors.GetAwaiter().GetResult().Trim()}");
    }

    public static ProcessStartInfo Describe(string name, IEnumerable<string> arguments, string? input)
    {
        var path = LinuxSupport.FindTool(name)
            ?? throw new LinuxException($"the program `{name}` is missing: install {(name == "nft" ? "nftables" : name == "ip" ? "iproute2" : name)}");
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
