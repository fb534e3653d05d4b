namespace ActorStack.Transport.Buffers;

/// <summary>Observes the input of an application, on the thread that writes it. An implementation only takes note.</summary>
public interface IReceiveObserver
{
    /// <summary>No further byte comes: the peer's FIN arrived, or the connection failed.</summary>
    void OnInputEnded();
}
