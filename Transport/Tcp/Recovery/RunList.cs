namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// A list of runs linked by their ids (<see cref="RunStore"/>): by time, oldest transmission first, or by sequence number. It
/// remembers where the last run was inserted, because the next one is near.
/// </summary>
internal struct RunList(bool byTime)
{
    public const int None = -1;

    private int _last = None;
    private int _recent = None;

    public int First { get; private set; } = None;

    public readonly bool IsEmpty => First == None;

    /// <summary>
    /// Inserts a run in order: mostly at the end, otherwise near the last insertion. Each run that is compared is a visit.
    /// </summary>
    public void Insert(TransmittedRun[] runs, int id, ref long visits)
    {
        if (_last == None || Precedes(runs, _last, id, ref visits))
        {
            InsertAfter(runs, _last, id);
            return;
        }

        var at = _recent;
        while (at != None && !Precedes(runs, at, id, ref visits)) at = runs[at].Previous;
        while (Following(runs, at) is not None and var next && Precedes(runs, next, id, ref visits)) at = next;
        InsertAfter(runs, at, id);
    }

    public void InsertAfter(TransmittedRun[] runs, int at, int id)
    {
        ref var run = ref runs[id];
        run.Previous = at;
        run.Next = Following(runs, at);
        if (at == None) First = id;
        else runs[at].Next = id;
        if (run.Next == None) _last = id;
        else runs[run.Next].Previous = id;
        _recent = id;
    }

    public void Remove(TransmittedRun[] runs, int id)
    {
        ref var run = ref runs[id];
        if (run.Previous == None) First = run.Next;
        else runs[run.Previous].Next = run.Next;
        if (run.Next == None) _last = run.Previous;
        else runs[run.Next].Previous = run.Previous;
        if (_recent == id) _recent = run.Previous != None ? run.Previous : _last;
    }

    private readonly int Following(TransmittedRun[] runs, int at) => at == None ? First : runs[at].Next;

    private readonly bool Precedes(TransmittedRun[] runs, int left, int right, ref long visits)
    {
        visits++;
        ref var a = ref runs[left];
        ref var b = ref runs[right];
        return byTime && a.Order != b.Order ? a.Order < b.Order : a.Start < b.Start;
    }
}
