using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Gateway.Hello;

/// <summary>
/// What a client says at first: a header of the PROXY protocol, a ClientHello, both or nothing, as the gateway is configured. It
/// is read without being consumed, so that a connection that moves meanwhile begins anew at the other node.
/// </summary>
/// <param name="HeaderLength">The bytes of the PROXY header, which are not for the backend.</param>
/// <param name="Source">The client as the header names it; null: it names none.</param>
/// <param name="Hello">The ClientHello; null: none is expected.</param>
internal sealed record Greeting(int HeaderLength, IPEndPoint? Source, ClientHello? Hello)
{
    private const int Longest = ClientHello.Longest + 1024;

    private static readonly Greeting None = new(0, null, null);

    /// <summary>Reads the greeting of a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="settings">What is expected.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The greeting, or why the client is refused; neither where the client is to leave or its service stops.</returns>
    public static async Task<(Greeting? Greeting, GatewayRefusal? Refusal)> ReadAsync(
        ConnectionContext client, GatewaySettings settings, TimeProvider time)
    {
        if (!settings.AcceptProxy && settings.Routes.Count == 0) return (None, null);
        using var late = new CancellationTokenSource(settings.HelloTimeout, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(late.Token, client.ConnectionClosedRequested);
        try
        {
            return await ReadAsync(client, settings, given.Token);
        }
        catch (OperationCanceledException) when (given.IsCancellationRequested)
        {
            return (null, late.IsCancellationRequested ? GatewayRefusal.SilentClient : null);
        }
    }

    private static async Task<(Greeting? Greeting, GatewayRefusal? Refusal)> ReadAsync(
        ConnectionContext client, GatewaySettings settings, CancellationToken given)
    {
        var input = client.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(given);
            var buffer = read.Buffer;
            var isGood = TryRead(buffer, settings, out var greeting);
            var isOver = greeting is not null || !isGood || client.IsLeaving || read.IsCompleted || buffer.Length > Longest;
            input.AdvanceTo(buffer.Start, isOver ? buffer.Start : buffer.End);
            if (greeting is not null) return (greeting, null);
            if (isGood && client.IsLeaving) return (null, null);
            if (isOver) return (null, GatewayRefusal.BadGreeting);
        }
    }

    /// <summary>False: what has come is no greeting, and never will be. No greeting: more bytes are needed.</summary>
    private static bool TryRead(in ReadOnlySequence<byte> buffer, GatewaySettings settings, out Greeting? greeting)
    {
        greeting = null;
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.Slice(0, Math.Min(buffer.Length, Longest)).ToArray();
        ProxyHeader? header = null;
        if (settings.AcceptProxy && (!ProxyHeader.TryRead(bytes, out header) || header is null)) return IsUnfinished(bytes);
        ClientHello? hello = null;
        if (settings.Routes.Count > 0)
        {
            if (!ClientHello.TryRead(bytes[(header?.Length ?? 0)..], out hello)) return false;
            if (hello is null) return true;
        }

        greeting = new Greeting(header?.Length ?? 0, header?.Source, hello);
        return true;
    }

    private static bool IsUnfinished(ReadOnlySpan<byte> bytes) => ProxyHeader.TryRead(bytes, out _);
}
