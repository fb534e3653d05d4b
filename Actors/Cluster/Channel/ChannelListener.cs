using System.Net;
using System.Net.Sockets;

namespace ActorStack.Actors.Cluster.Channel;

/// <summary>Accepts the channels of other nodes of the cluster.</summary>
internal sealed class ChannelListener : IDisposable
{
    /// <summary>Programs that have connected and have not proved yet that they are nodes; a further one waits.</summary>
    private const int MostUnproved = 16;

    /// <summary>The time that a program has to prove it.</summary>
    private static readonly TimeSpan ProofLimit = TimeSpan.FromSeconds(2);

    private readonly Socket _socket;
    private readonly string _self;
    private readonly Func<byte[]?> _secret;
    private readonly Action<string, Socket> _accepted;
    private readonly Action<EndPoint?, Exception> _refused;
    private readonly SemaphoreSlim _unproved = new(MostUnproved);
    private volatile bool _isClosed;

    /// <param name="address">The address to listen on.</param>
    /// <param name="port">The port; 0: any free one.</param>
    /// <param name="self">The name that a dialer must look for.</param>
    /// <param name="secret">The secret of the cluster; null while it is not known: nobody is accepted.</param>
    /// <param name="accepted">Called from any thread with the name of a node and its socket, which it owns then.</param>
    /// <param name="refused">Called from any thread with the address of a program that is no node, and the reason.</param>
    /// <exception cref="SocketException">The address or the port is not free.</exception>
    public ChannelListener(
        IPAddress address, int port, string self, Func<byte[]?> secret, Action<string, Socket> accepted,
        Action<EndPoint?, Exception> refused)
    {
        (_self, _secret, _accepted, _refused) = (self, secret, accepted, refused);
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(new IPEndPoint(address, port));
            _socket.Listen();
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }

        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public void Dispose()
    {
        _isClosed = true;
        _socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_isClosed)
        {
            await _unproved.WaitAsync().ConfigureAwait(false);
            try
            {
                _ = ProveAsync(await _socket.AcceptAsync().ConfigureAwait(false));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                _unproved.Release();
                if (!_isClosed) _refused(null, error); // the program that connected is gone already, or descriptors are missing
            }
        }
    }

    private async Task ProveAsync(Socket socket)
    {
        EndPoint? from = null;
        try
        {
            from = socket.RemoteEndPoint;
            using var limit = new CancellationTokenSource(ProofLimit);
            var secret = _secret() ?? throw new NodeNetworkException("This node has not joined its cluster yet.", "");
            socket.NoDelay = true;
            _accepted(await ChannelHandshake.AcceptAsync(socket, secret, _self, limit.Token).ConfigureAwait(false), socket);
        }
        catch (Exception error) when (error is SocketException or NodeNetworkException or OperationCanceledException)
        {
            socket.Dispose();
            _refused(from, error);
        }
        finally
        {
            _unproved.Release();
        }
    }
}
