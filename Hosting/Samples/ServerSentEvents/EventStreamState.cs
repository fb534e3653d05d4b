using System.Buffers.Binary;

namespace ActorStack.Samples.ServerSentEvents;

/// <summary>What a stream of events takes along when it moves.</summary>
/// <param name="Next">The number of the next event.</param>
internal readonly record struct EventStreamState(long Next)
{
    private const byte Version = 1;
    private const int Length = 1 + sizeof(long);

    /// <summary>The version of the format, then the number. Another build reads it.</summary>
    public byte[] Write()
    {
        var state = new byte[Length];
        state[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(1), Next);
        return state;
    }

    /// <summary>False: the connection is new, or the state is of another version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EventStreamState state)
    {
        state = default;
        if (bytes.Length != Length || bytes[0] != Version) return false;
        state = new EventStreamState(BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]));
        return true;
    }
}
