using System.Buffers;

namespace ActorStack.Transport.Buffers;

/// <summary>Joins pieces of memory into one sequence without a copy.</summary>
internal struct SequenceBuilder
{
    private Piece? _first;
    private Piece? _last;

    /// <summary>Appends bytes, which must stay as long as the sequence is used.</summary>
    public void Append(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        _last = _last is null ? _first = new Piece(bytes) : _last.Follow(bytes);
    }

    /// <inheritdoc cref="Append(ReadOnlyMemory{byte})"/>
    public void Append(in ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes) Append(part);
    }

    /// <summary>The pieces in the order in which they were appended.</summary>
    public readonly ReadOnlySequence<byte> Build() =>
        _first is null ? default
        : ReferenceEquals(_first, _last) ? new ReadOnlySequence<byte>(_first.Memory)
        : new ReadOnlySequence<byte>(_first, 0, _last!, _last!.Memory.Length);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> bytes) => Memory = bytes;

        public Piece Follow(ReadOnlyMemory<byte> bytes)
        {
            var next = new Piece(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
