export default function Page() {
  return <p>Holdfast</p>;
}
