using System.Diagnostics;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Documents;

/// <summary>A client at which a reader types lines: <c>nc ADDRESS PORT</c>.</summary>
internal sealed class Conversation : IDisposable
{
    /// <summary>Bash opens the connection, because netcat is not everywhere.</summary>
    private const string Client = "exec 3<>/dev/tcp/$1/$2; cat <&3 & cat >&3";

    private readonly Process _client;

    private Conversation(Process client) => _client = client;

    public static Conversation Start(NetworkNamespace network, string command)
    {
        if (command.Split(' ') is not ["nc", var address, var port])
            throw new ArgumentException($"`{command}` is no nc ADDRESS PORT.", nameof(command));
        return new Conversation(network.Start(new ProcessStartInfo("bash", ["-c", Client, "nc", address, port])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }));
    }

    /// <summary>Sends a line and returns the next one of the service.</summary>
    public async Task<string?> AskAsync(string line)
    {
        await _client.StandardInput.WriteLineAsync(line.AsMemory(), Patience.Token());
        return await _client.StandardOutput.ReadLineAsync(Patience.Token());
    }

    public void Dispose()
    {
        _client.Kill(entireProcessTree: true);
        _client.WaitForExit();
        _client.Dispose();
    }
}
