/** What it talks about when nobody gives it a text: written for this purpose. */
export const CORPUS = `
The first server serves and the second server watches. The second server watches because the first server sleeps badly. When the first server is dark the second server writes a letter.
A letter in the night is short and says what is broken. What is broken is seldom what was changed and often what was forgotten. What was forgotten is written down in the morning.
The morning comes with coffee and with a list of things that were nearly lost. Things that were nearly lost are copied twice. A copy that was never read back is a hope and not a copy.
A hope is a fine thing for a garden and a poor thing for a disk. The disk fills slowly and then all at once. All at once is how the garden grows in May and how the log grows on Sunday.
On Sunday nobody looks at the list and the second server looks at it alone. Alone is how a watcher works best. A watcher that cries at every cloud is not heard in the storm.
In the storm the address moves and the visitors do not notice. The visitors do not notice the fire, the move, or the hour in which everything was made again from one small file.
One small file says which services there are and who may knock. Who may knock is answered with a page, and who may not knock is answered with silence. Silence is how the second server says that all is well.
`;
