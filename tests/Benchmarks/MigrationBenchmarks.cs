using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using BenchmarkDotNet.Attributes;

namespace ActorStack.Benchmarks;

/// <summary>The steps of a move of one connection with 256 KB of data that is not yet acknowledged.</summary>
public class MigrationBenchmarks
{
    private readonly EstablishedConnection _connection = new();
    private ConnectionImage _image = null!;
    private byte[] _encoded = [];

    [GlobalSetup]
    public void Export()
    {
        _image = ExportConnection();
        _encoded = HyperionStateCodec.Instance.Encode(_image.State);
    }

    [Benchmark(Description = "export a connection")]
    public ConnectionImage ExportConnection() => _connection.Tcp.Capture(ExportScope.Whole, EstablishedConnection.Now);

    [Benchmark(Description = "import a connection")]
    public object Import()
    {
        var buffers = EstablishedConnection.NewBuffers();
        return TcpConnection.Import(
            _image, EstablishedConnection.Settings, buffers.Send, buffers.Receive, EstablishedConnection.Now);
    }

    [Benchmark(Description = "encode a record")]
    public int Encode() => HyperionStateCodec.Instance.Encode(_image.State).Length;

    [Benchmark(Description = "decode a record")]
    public DecodedRecord Decode() => HyperionStateCodec.Instance.Decode(_encoded);
}
