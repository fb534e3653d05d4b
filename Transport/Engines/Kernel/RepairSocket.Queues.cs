using System.Buffers;
using System.Runtime.InteropServices;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>The send and receive queues of the socket: their sequence numbers, lengths and bytes.</summary>
internal sealed unsafe partial class RepairSocket
{
    private const int ReceiveQueue = 1;
    private const int SendQueue = 2;

    private const int MaximumVectors = 64;
    private const int SmallestChunk = 4096;

    public uint ReceiveSequence
    {
        get => GetSequence(ReceiveQueue);
        set => SetSequence(ReceiveQueue, value);
    }

    /// <summary>The number after the last byte that was put into the send queue.</summary>
    public uint SendSequence
    {
        get => GetSequence(SendQueue);
        set => SetSequence(SendQueue, value);
    }

    public int ReceiveQueueLength => Measure(SocketOption.ReceiveQueueLength);

    /// <summary>
    /// Memory of all that arrived and was not read, bytes: beside <see cref="ReceiveQueueLength"/> also the bytes beyond a gap.
    /// </summary>
    public uint ReceiveMemory
    {
        get
        {
            uint memory; // SK_MEMINFO_RMEM_ALLOC is the first of the nine
            Get(SocketOption.LevelSocket, SocketOption.MemoryInformation, &memory, sizeof(uint));
            return memory;
        }
    }

    /// <summary>Sequence numbers from SND.UNA to the end of the queue, a FIN among them.</summary>
    public int SendQueueLength => Measure(SocketOption.SendQueueLength);

    /// <summary>The part of these numbers that was never sent.</summary>
    public int NotSentLength => Measure(SocketOption.SendQueueNotSentLength);

    /// <summary>In repair mode: bytes that count as sent and are retransmitted when they are not acknowledged.</summary>
    public void AppendSent(ReadOnlySpan<byte> bytes)
    {
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, SendQueue);
        var chunk = bytes.Length;
        while (bytes.Length > 0)
        {
            var sent = Send(bytes[..Math.Min(chunk, bytes.Length)]);
            if (sent >= 0)
            {
                bytes = bytes[sent..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (chunk <= SmallestChunk || error is not (Libc.EAGAIN or Libc.ENOMEM or Libc.ENOBUFS))
                throw new LinuxException("putting sent bytes into the send queue", error);
            chunk /= 2;
        }
    }

    /// <summary>The FIN goes to the end of the send queue; in repair mode it counts as sent.</summary>
    public void ShutdownSend()
    {
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, SendQueue);
        if (Libc.shutdown(Handle, Libc.ShutdownWrite) != 0) throw LinuxException.FromLastError("shutting down the send side");
    }

    /// <summary>In repair mode: copies the head of the send queue, which stays.</summary>
    public void PeekSendQueue(Span<byte> destination) => Peek(SendQueue, "send", destination);

    /// <summary>In repair mode: copies the head of the receive queue, which stays.</summary>
    public void PeekReceiveQueue(Span<byte> destination) => Peek(ReceiveQueue, "receive", destination);

    private void Peek(int queue, string name, Span<byte> destination)
    {
        if (destination.IsEmpty) return;
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, queue);
        fixed (byte* bytes = destination)
        {
            var read = Libc.recv(Handle, bytes, (nuint)destination.Length, Libc.MessagePeek | Libc.MessageDontWait);
            if (read != destination.Length)
                throw new LinuxException($"the {name} queue gave {read} bytes in place of {destination.Length}");
        }
    }

    /// <summary>Bytes taken; 0 at the end; -1 with errno otherwise.</summary>
    public int Receive(Span<byte> destination)
    {
        fixed (byte* bytes = destination) return (int)Libc.recv(Handle, bytes, (nuint)destination.Length, Libc.MessageDontWait);
    }

    /// <summary>Bytes sent, perhaps fewer than there are; -1 with errno.</summary>
    public int Send(in ReadOnlySequence<byte> bytes)
    {
        var vectors = stackalloc Libc.IoVector[MaximumVectors];
        var rest = bytes.GetEnumerator();
        return Send(ref rest, vectors, 0);
    }

    private int Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var vector = new Libc.IoVector { Base = start, Length = (nuint)bytes.Length };
            return Send(&vector, 1);
        }
    }

    // Each level of the recursion pins one piece for the length of the call, without a handle.
    private int Send(ref ReadOnlySequence<byte>.Enumerator rest, Libc.IoVector* vectors, int count)
    {
        if (count == MaximumVectors || !rest.MoveNext()) return Send(vectors, count);
        fixed (byte* piece = rest.Current.Span)
        {
            vectors[count] = new Libc.IoVector { Base = piece, Length = (nuint)rest.Current.Length };
            return Send(ref rest, vectors, count + 1);
        }
    }

    private int Send(Libc.IoVector* vectors, int count)
    {
        var message = new Libc.MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        return (int)Libc.sendmsg(Handle, &message, Libc.MessageDontWait | Libc.MessageNoSignal);
    }

    private uint GetSequence(int queue)
    {
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, queue);
        return (uint)Get(SocketOption.LevelTcp, SocketOption.QueueSequence);
    }

    private void SetSequence(int queue, uint value)
    {
        Set(SocketOption.LevelTcp, SocketOption.RepairQueue, queue);
        Set(SocketOption.LevelTcp, SocketOption.QueueSequence, (int)value);
    }

    private int Measure(uint request)
    {
        int value;
        if (Libc.ioctl(Handle, request, &value) != 0) throw LinuxException.FromLastError($"ioctl {request:x}");
        return value;
    }
}
