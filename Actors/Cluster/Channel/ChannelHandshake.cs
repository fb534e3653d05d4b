using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ActorStack.Actors.Cluster.Channel;

/// <summary>
/// The first bytes of a channel between two nodes of a cluster. Both prove that they know the secret of the cluster (HMAC-SHA256
/// over a label, both nonces and both names), so that a program outside the cluster can neither send nor hear a message.
/// <code>
/// dialer:    magic, nonce, its name, the name of the listener
/// listener:  nonce, its proof
/// dialer:    its proof
/// listener:  accepted
/// </code>
/// </summary>
internal static class ChannelHandshake
{
    private const int NonceLength = 32;
    private const int ProofLength = HMACSHA256.HashSizeInBytes;
    private const byte Accepted = 1;

    private static ReadOnlySpan<byte> Magic => "AStack/1"u8;

    /// <summary>The side that connected.</summary>
    /// <exception cref="NodeNetworkException">The other side does not know the secret, or does not accept this node.</exception>
    /// <exception cref="SocketException">The connection failed.</exception>
    public static async Task DialAsync(
        Socket socket, ReadOnlyMemory<byte> secret, string self, string peer, CancellationToken cancellation)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        await socket.SendAsync((byte[])[.. Magic, .. nonce, .. Name(self), .. Name(peer)], cancellation);
        var answer = await ReadAsync(socket, NonceLength + ProofLength, cancellation);
        var names = new Names(self, peer, nonce, answer[..NonceLength]);
        if (!CryptographicOperations.FixedTimeEquals(names.Prove(secret.Span, "listener"), answer.AsSpan(NonceLength)))
            throw new NodeNetworkException($"{peer} does not know the secret of the cluster.", "Give all nodes the same secret.");
        await socket.SendAsync(names.Prove(secret.Span, "dialer"), cancellation);
        await ReadAsync(socket, 1, cancellation);
    }

    /// <summary>The side that listened. Returns the name of the node that dialed.</summary>
    /// <exception cref="NodeNetworkException">The other side is no node of the cluster, or looks for another node.</exception>
    /// <exception cref="SocketException">The connection failed.</exception>
    public static async Task<string> AcceptAsync(
        Socket socket, ReadOnlyMemory<byte> secret, string self, CancellationToken cancellation)
    {
        var head = await ReadAsync(socket, Magic.Length + NonceLength, cancellation);
        if (!head.AsSpan().StartsWith(Magic)) throw Refused("it speaks another protocol");
        var dialer = await ReadNameAsync(socket, cancellation);
        if (await ReadNameAsync(socket, cancellation) != self) throw Refused("it looks for another node");
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var names = new Names(dialer, self, head[Magic.Length..], nonce);
        await socket.SendAsync((byte[])[.. nonce, .. names.Prove(secret.Span, "listener")], cancellation);
        var proof = await ReadAsync(socket, ProofLength, cancellation);
        if (!CryptographicOperations.FixedTimeEquals(names.Prove(secret.Span, "dialer"), proof))
            throw Refused("it does not know the secret of the cluster");
        await socket.SendAsync((byte[])[Accepted], cancellation);
        return dialer;
    }

    private static NodeNetworkException Refused(string reason) =>
        new($"A program that connected to the channel of this node is refused: {reason}.", "Look for its address in the log.");

    private static byte[] Name(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return [(byte)bytes.Length, .. bytes];
    }

    private static async Task<string> ReadNameAsync(Socket socket, CancellationToken cancellation)
    {
        var length = (await ReadAsync(socket, 1, cancellation))[0];
        return Encoding.UTF8.GetString(await ReadAsync(socket, length, cancellation));
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var got = await socket.ReceiveAsync(bytes.AsMemory(read), cancellation);
            read += got > 0 ? got : throw new SocketException((int)SocketError.ConnectionReset);
        }

        return bytes;
    }

    /// <summary>What both sides prove to know the secret with.</summary>
    private readonly record struct Names(string Dialer, string Listener, byte[] DialerNonce, byte[] ListenerNonce)
    {
        public byte[] Prove(ReadOnlySpan<byte> secret, string label) => HMACSHA256.HashData(
            secret, [.. Name(label), .. DialerNonce, .. ListenerNonce, .. Name(Dialer), .. Name(Listener)]);
    }
}
